/* Values between a machine and the board; program.h says what they look like. */

#include "program.h"
#include "xsmc.h"

static txU1* gxOut = C_NULL;
static txU4 gxOutCapacity = 0;
static txU4 gxOutSize = 0;

static void fxPut(const void* bytes, txU4 size);
static txU4 fxTakeSize(const txU1** p, const txU1* end);
static const txU1* fxPushValue(txMachine* the, const txU1* p, const txU1* end);

void fxPut(const void* bytes, txU4 size)
{
	if (gxOutSize + size > gxOutCapacity) {
		gxOutCapacity = 2 * (gxOutSize + size);
		gxOut = c_realloc(gxOut, gxOutCapacity);
		if (!gxOut)
			fxHalt("crashed", "the engine's own memory is full");
	}
	c_memcpy(gxOut + gxOutSize, bytes, size);
	gxOutSize += size;
}

void fxOutStart(void)
{
	gxOutSize = 0;
}

const txU1* fxOutBytes(txU4* size)
{
	*size = gxOutSize;
	return gxOut;
}

void fxOutInteger(txInteger value)
{
	fxPut("i", 1);
	fxPut(&value, sizeof(value));
}

void fxOutString(const char* string)
{
	txU4 size = (txU4)c_strlen(string);
	fxPut("s", 1);
	fxPut(&size, sizeof(size));
	fxPut(string, size);
}

void fxOutValue(txMachine* the, txSlot* slot)
{
	switch (slot->kind) {
	case XS_UNDEFINED_KIND:
		fxPut("u", 1);
		break;
	case XS_NULL_KIND:
		fxPut("n", 1);
		break;
	case XS_BOOLEAN_KIND:
		fxPut(slot->value.boolean ? "t" : "f", 1);
		break;
	case XS_INTEGER_KIND:
		fxOutInteger(slot->value.integer);
		break;
	case XS_NUMBER_KIND:
		fxPut("d", 1);
		fxPut(&slot->value.number, 8);
		break;
	case XS_STRING_KIND:
	case XS_STRING_X_KIND:
		fxOutString(slot->value.string);
		break;
	default: {
		void* data;
		txUnsigned size;
		_xsmcGetBuffer(the, slot, &data, &size, 0); /* Throws for anything but bytes. */
		fxPut("b", 1);
		fxPut(&size, 4);
		fxPut(data, size);
	} break;
	}
}

txU4 fxTakeSize(const txU1** p, const txU1* end)
{
	txU4 size = 0;
	if (end - *p >= 4)
		c_memcpy(&size, *p, 4);
	*p += 4;
	if ((end < *p) || (size > (txU4)(end - *p)))
		fxHalt("crashed", "the board sent a value that is cut off");
	return size;
}

const txU1* fxPushValue(txMachine* the, const txU1* p, const txU1* end)
{
	txU1 type = *p++;
	txU4 size;
	mxPushUndefined();
	switch (type) {
	case 'n':
		the->stack->kind = XS_NULL_KIND;
		break;
	case 't':
	case 'f':
		the->stack->kind = XS_BOOLEAN_KIND;
		the->stack->value.boolean = type == 't';
		break;
	case 'i':
		the->stack->kind = XS_INTEGER_KIND;
		c_memcpy(&the->stack->value.integer, p, 4);
		p += 4;
		break;
	case 'd':
		the->stack->kind = XS_NUMBER_KIND;
		c_memcpy(&the->stack->value.number, p, 8);
		p += 8;
		break;
	case 'e':
	case 's':
		size = fxTakeSize(&p, end);
		fxStringBuffer(the, the->stack, (txString)p, (txSize)size);
		p += size;
		break;
	case 'b':
		size = fxTakeSize(&p, end);
		fxArrayBuffer(the, the->stack, (void*)p, (txInteger)size, -1);
		p += size;
		break;
	default:
		break;
	}
	return p;
}

/* Pushes the values on the machine's stack. */
void fxPushValues(txMachine* the, const txU1* bytes, txU4 size, txInteger* count)
{
	const txU1* end = bytes + size;
	*count = 0;
	while (bytes < end) {
		mxOverflow(-1);
		bytes = fxPushValue(the, bytes, end);
		*count += 1;
	}
}
