/*
 * Faults planted on purpose, to see that they are found and named. Only the processor for stress
 * has them; a program asks for one by the name of an operation.
 */

#include "program.h"

#if mxPlanted

static volatile int gxSink;

/* What XS keeps until the machine ends is no leak to us. */
const char* __asan_default_options(void)
{
	return "detect_leaks=0";
}

/* The mistake that a collector punishes: a pointer to a text kept over an allocation. */
static void fxReadStaleChunk(txMachine* the)
{
	txString stale;
	fxStringBuffer(the, mxResult, "a text of the heap", 18);
	stale = mxResult->value.string;
	fxNewChunk(the, 64);
	gxSink = stale[0];
}

/* The same with a slot that nothing else refers to. The one above it is the first taken again. */
static void fxReadStaleSlot(txMachine* the)
{
	txSlot* stale;
	fxNewInstance(the);
	stale = fxNewSlot(the);
	mxPop();
	fxNewSlot(the);
	gxSink = stale->value.integer;
}

int fxPlanted(txMachine* the)
{
	const char* operation = fxToString(the, mxArgv(0));
	if (!c_strcmp(operation, "planted.chunk"))
		fxReadStaleChunk(the);
	else if (!c_strcmp(operation, "planted.slot"))
		fxReadStaleSlot(the);
	else if (!c_strcmp(operation, "planted.abort"))
		fxAbort(the, fxToInteger(the, mxArgv(1)));
	else
		return 0;
	return 1;
}

#endif
