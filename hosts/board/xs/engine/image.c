/*
 * The image: all modules of the device program, one after the other, each as
 *
 *     length of name (1 byte), name, length of source (4 bytes, little endian), source
 *
 * A module is compiled when the root machine imports it, and its byte code stays where it is, as in
 * flash: functions point into it, no byte of it is copied to a heap.
 */

#include "engine.h"

static const txU1* gxImage = C_NULL;
static const txU1* gxImageEnd = C_NULL;
static txSize gxCodeSize = 0;
static char gxName[256];

typedef struct {
	const char* name;
	txU1 nameLength;
	const char* source;
	txU4 sourceLength;
} txModuleEntry;

typedef struct {
	const char* current;
	const char* end;
} txSourceStream;

static const txU1* fxNextEntry(const txU1* p, txModuleEntry* entry);
static int fxSourceGetter(void* stream);
static int fxFindEntry(const char* name, txModuleEntry* entry);
static void fxBurnCode(txMachine* the, txScript* script);

void fxSetImage(const txU1* bytes, txU4 size)
{
	gxImage = bytes;
	gxImageEnd = bytes + size;
}

/* The name of the last module, which is the one to start. */
const char* fxImageMain(void)
{
	return gxName;
}

txSize fxImageCodeSize(void)
{
	return gxCodeSize;
}

const txU1* fxNextEntry(const txU1* p, txModuleEntry* entry)
{
	if (p >= gxImageEnd)
		return C_NULL;
	entry->nameLength = *p++;
	entry->name = (const char*)p;
	p += entry->nameLength;
	if (p + 4 > gxImageEnd)
		return C_NULL;
	entry->sourceLength = p[0] | (p[1] << 8) | (p[2] << 16) | ((txU4)p[3] << 24);
	p += 4;
	entry->source = (const char*)p;
	if (entry->sourceLength > (txU4)(gxImageEnd - p))
		return C_NULL;
	return p + entry->sourceLength;
}

int fxFindEntry(const char* name, txModuleEntry* entry)
{
	const txU1* p = gxImage;
	while ((p = fxNextEntry(p, entry))) {
		if ((c_strlen(name) == entry->nameLength) && !c_memcmp(name, entry->name, entry->nameLength))
			return 1;
	}
	return 0;
}

static void fxPreloaded(txMachine* the __attribute__((unused)))
{
}

static void fxNotPreloaded(txMachine* the)
{
	fxExit(the, "image", mxArgv(0));
}

/* Imports every module of the image into `the`, in order. */
void fxPreloadImage(txMachine* the)
{
	txModuleEntry entry;
	const txU1* p = gxImage;
	while ((p = fxNextEntry(p, &entry))) {
		c_memcpy(gxName, entry.name, entry.nameLength);
		gxName[entry.nameLength] = 0;
		fxImport(the, gxName, fxPreloaded, fxNotPreloaded);
	}
}

/* A specifier is a module's name in the image, or a path relative to the importing module's. */
txID fxFindModule(
	txMachine* the, txSlot* realm __attribute__((unused)), txID moduleID, txSlot* slot)
{
	char specifier[256];
	char path[512] = "";
	txModuleEntry entry;
	txString rest = specifier;
	fxToStringBuffer(the, slot, specifier, sizeof(specifier));
	if (specifier[0] == '.') {
		txString slash;
		if (moduleID == XS_NO_ID)
			return XS_NO_ID;
		c_strncpy(path, fxGetKeyName(the, moduleID), sizeof(path) / 2);
		slash = c_strrchr(path, '/');
		if (slash)
			*slash = 0;
		else
			path[0] = 0;
		while (rest[0] == '.') {
			if ((rest[1] == '.') && (rest[2] == '/')) {
				slash = c_strrchr(path, '/');
				if (slash)
					*slash = 0;
				else
					path[0] = 0;
				rest += 3;
			}
			else if (rest[1] == '/')
				rest += 2;
			else
				return XS_NO_ID;
		}
		if (path[0])
			c_strcat(path, "/");
	}
	c_strcat(path, rest);
	return fxFindEntry(path, &entry) ? fxNewNameC(the, path) : XS_NO_ID;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	txModuleEntry entry;
	if (fxFindEntry(fxGetKeyName(the, moduleID), &entry)) {
		txSourceStream stream = { entry.source, entry.source + entry.sourceLength };
		txScript* script = fxParseScript(the, &stream, fxSourceGetter, 0);
		if (script) {
			fxBurnCode(the, script);
			fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
		}
	}
}

int fxSourceGetter(void* it)
{
	txSourceStream* stream = it;
	return (stream->current < stream->end) ? (txU1)*(stream->current++) : C_EOF;
}

/*
 * Gives the byte code the machine's own IDs, and has functions run in place instead of being
 * copied.
 */
void fxBurnCode(txMachine* the, txScript* script)
{
	txByte* p = script->symbolsBuffer;
	txByte* end = script->codeBuffer + script->codeSize;
	txID count, index, id;
	txID* ids;
	if (!p)
		return;
	mxDecodeID(p, count);
	ids = c_malloc(count * sizeof(txID));
	if (!ids)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	ids[0] = XS_NO_ID;
	for (index = 1; index < count; index++) {
		ids[index] = fxNewNameC(the, (txString)p);
		p += c_strlen((txString)p) + 1;
	}
	p = script->codeBuffer;
	while (p < end) {
		txU1 code = *(txU1*)p;
		txS1 size = gxCodeSizes[code];
		if ((XS_CODE_CODE_1 <= code) && (code <= XS_CODE_CODE_4))
			*(txU1*)p = code - XS_CODE_CODE_1 + XS_CODE_CODE_ARCHIVE_1;
		if (size > 0)
			p += size;
		else if (size == 0) {
			p++;
			mxDecodeID(p, id);
			if (id != XS_NO_ID) {
				id = ids[id];
				p -= sizeof(txID);
				mxEncodeID(p, id);
			}
		}
		else if (size == -1)
			p += 2 + *(txU1*)(p + 1);
		else if (size == -2) {
			txU2 length;
			p++;
			mxDecode2(p, length);
			p += length;
		}
		else {
			txS4 length;
			p++;
			mxDecode4(p, length);
			p += length;
		}
	}
	c_free(ids);
	c_free(script->symbolsBuffer);
	script->symbolsBuffer = C_NULL; /* So XS neither maps the IDs again nor frees the code. */
	script->symbolsSize = 0;
	gxCodeSize += script->codeSize;
}
