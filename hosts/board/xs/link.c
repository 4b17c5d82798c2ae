/*
 * The link to the board: frames on one socket. A frame is the length of what follows (4 bytes,
 * little endian), its type (1 byte), and values. A value is a letter and its bytes:
 *
 *     u undefined   n null   t true   f false   i integer (4)   d double (8)
 *     s string: length (4), UTF-8   b buffer: length (4), bytes
 *
 * Buffers here belong to this program, not to a machine: none of its memory is spent on them.
 */

#include "board.h"

static int gxDescriptor = -1;
static txU1* gxOut = C_NULL;
static txU4 gxOutCapacity = 0;
static txU4 gxOutSize = 0;
static txU1* gxIn = C_NULL;
static txU4 gxInCapacity = 0;

static void fxOutBytes(const void* bytes, txU4 size);
static void fxOutValue(txMachine* the, txSlot* slot);
static void fxReadAll(void* bytes, txU4 size);
static txU4 fxTakeSize(const txU1** p, const txU1* end);
static const txU1* fxPushValue(txMachine* the, const txU1* p, const txU1* end);

void fxLinkOpen(int descriptor)
{
	gxDescriptor = descriptor;
}

void fxReadAll(void* bytes, txU4 size)
{
	txU1* p = bytes;
	while (size) {
		ssize_t count = read(gxDescriptor, p, size);
		if (count <= 0) {
			if ((count < 0) && (errno == EINTR))
				continue;
			_exit(0); /* The board has gone: power off. */
		}
		p += count;
		size -= (txU4)count;
	}
}

/* The next frame from the board. Its bytes are valid until the next call. */
txU1* fxLinkReceive(txU1* type, txU4* size)
{
	txU1 head[5];
	fxReadAll(head, sizeof(head));
	*size = (head[0] | (head[1] << 8) | (head[2] << 16) | ((txU4)head[3] << 24)) - 1;
	*type = head[4];
	if (*size > gxInCapacity) {
		gxInCapacity = *size;
		gxIn = c_realloc(gxIn, gxInCapacity);
		if (!gxIn)
			_exit(1);
	}
	fxReadAll(gxIn, *size);
	return gxIn;
}

void fxOutBytes(const void* bytes, txU4 size)
{
	if (gxOutSize + size > gxOutCapacity) {
		gxOutCapacity = 2 * (gxOutSize + size);
		gxOut = c_realloc(gxOut, gxOutCapacity);
		if (!gxOut)
			_exit(1);
	}
	c_memcpy(gxOut + gxOutSize, bytes, size);
	gxOutSize += size;
}

void fxLinkStart(txU1 type)
{
	gxOutSize = 4;
	fxOutBytes(&type, 1);
}

void fxLinkInteger(txInteger value)
{
	fxOutBytes("i", 1);
	fxOutBytes(&value, sizeof(value));
}

void fxLinkString(const char* string)
{
	txU4 size = (txU4)c_strlen(string);
	fxOutBytes("s", 1);
	fxOutBytes(&size, sizeof(size));
	fxOutBytes(string, size);
}

void fxLinkSend(void)
{
	txU1* p = gxOut;
	txU4 size = gxOutSize - 4;
	c_memcpy(gxOut, &size, sizeof(size));
	size = gxOutSize;
	while (size) {
		ssize_t count = write(gxDescriptor, p, size);
		if (count < 0) {
			if (errno == EINTR)
				continue;
			_exit(0);
		}
		p += count;
		size -= (txU4)count;
	}
}

void fxLinkExit(const char* reason, const char* message)
{
	fxLinkStart(mxFrameExit);
	fxLinkString(reason);
	fxLinkString(message);
	fxLinkSend();
	_exit(0);
}

void fxOutValue(txMachine* the, txSlot* slot)
{
	switch (slot->kind) {
	case XS_UNDEFINED_KIND:
		fxOutBytes("u", 1);
		break;
	case XS_NULL_KIND:
		fxOutBytes("n", 1);
		break;
	case XS_BOOLEAN_KIND:
		fxOutBytes(slot->value.boolean ? "t" : "f", 1);
		break;
	case XS_INTEGER_KIND:
		fxLinkInteger(slot->value.integer);
		break;
	case XS_NUMBER_KIND:
		fxOutBytes("d", 1);
		fxOutBytes(&slot->value.number, 8);
		break;
	case XS_STRING_KIND:
	case XS_STRING_X_KIND:
		fxLinkString(slot->value.string);
		break;
	default: {
		void* data;
		txUnsigned size;
		_xsmcGetBuffer(the, slot, &data, &size, 0); /* Throws for anything but bytes. */
		fxOutBytes("b", 1);
		fxOutBytes(&size, 4);
		fxOutBytes(data, size);
	} break;
	}
}

txU4 fxTakeSize(const txU1** p, const txU1* end)
{
	txU4 size;
	if (end - *p < 4)
		_exit(1);
	c_memcpy(&size, *p, 4);
	*p += 4;
	if (size > (txU4)(end - *p))
		_exit(1);
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

/* Pushes the values of a frame on the machine's stack. */
void fxLinkPushValues(txMachine* the, const txU1* bytes, txU4 size, txInteger* count)
{
	const txU1* end = bytes + size;
	*count = 0;
	while (bytes < end) {
		mxOverflow(-1);
		bytes = fxPushValue(the, bytes, end);
		*count += 1;
	}
}

/* The device program's one function: it asks the board and waits for the answer. */
void fxLinkCall(txMachine* the)
{
	txInteger index;
	txU1 type;
	txU4 size;
	txU1* bytes;
#if mxPlanted
	if (fxPlanted(the))
		return;
#endif
	fxLinkStart(mxFrameCall);
	for (index = 0; index < mxArgc; index++)
		fxOutValue(the, mxArgv(index));
	fxLinkSend();
	bytes = fxLinkReceive(&type, &size);
	fxLinkPushValues(the, bytes, size, &index);
	if (type == mxFrameError)
		mxUnknownError("%s", fxToString(the, the->stack));
	mxPullSlot(mxResult);
}
