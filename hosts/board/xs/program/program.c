/*
 * An image becomes ROM, a clone of that runs in a heap of fixed size. The image's last module
 * exports a function by default: it is called once with the function that calls the board, and
 * returns the function that takes the board's messages.
 */

#include "program.h"

static txMachine* gxRoot = C_NULL;
static txMachine* gxMachine = C_NULL;
static txSlot gxReceiver;

#if mxStress
extern int gxStress;
#endif

/* Burns an image, whose bytes stay where they are, into the machine that is ROM from then on. */
void fxProgramLoad(const txU1* image, txU4 size)
{
	fxInitializeSharedCluster();
	fxSetImage(image, size);
	gxRoot = fxNewRoot();
	fxPreloadImage(gxRoot);
	fxBurn(gxRoot);
}

static void fxCallBoard(txMachine* the)
{
	const txU1 *question, *answer;
	txU4 size;
	txInteger count;
#if mxPlanted
	if (fxPlanted(the))
		return;
#endif
	fxOutStart();
	for (count = 0; count < mxArgc; count++)
		fxOutValue(the, mxArgv(count));
	question = fxOutBytes(&size);
	answer = fxAsk(question, size, &size);
	fxPushValues(the, answer, size, &count);
	if (answer[0] == 'e')
		mxUnknownError("%s", fxToString(the, the->stack));
	mxPullSlot(mxResult);
}

/* An exception here would only reject a promise that nobody waits for: it ends the machine. */
static void fxStarted(txMachine* the)
{
	mxTry(the) {
		txSlot* function;
		mxPushSlot(mxArgv(0));
		mxGetID(mxID(_default));
		function = the->stack;
		/* THIS FUNCTION */
		mxPushUndefined();
		mxPushSlot(function);
		mxCall();
		fxNewHostFunction(the, fxCallBoard, 1, XS_NO_ID, XS_NO_ID);
		mxRunCount(1);
		gxReceiver = *the->stack;
		fxRemember(the, &gxReceiver);
		mxPop();
		mxPop();
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
}

static void fxNotStarted(txMachine* the)
{
	mxException = *mxArgv(0);
	fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
}

void fxProgramStart(txSize heapSize, txSize stackCount, txInteger keys)
{
	gxMachine = fxNewClone(gxRoot, heapSize, stackCount, keys);
	if (!gxMachine)
		fxAbort(gxRoot, XS_NOT_ENOUGH_MEMORY_EXIT);
#if mxStress
	gxStress = 1; /* From here on, a collection at every allocation. */
#endif
	fxImport(gxMachine, fxImageMain(), fxStarted, fxNotStarted);
}

/* Hands the program a message, and runs until all its promises are settled. */
void fxProgramDeliver(const txU1* values, txU4 size)
{
	txMachine* the = gxMachine;
	the->peakHeapCount = the->currentHeapCount;
	the->peakChunksSize = the->currentChunksSize;
	fxBeginHost(the);
	mxTry(the) {
		txInteger count;
		/* THIS FUNCTION */
		mxPushUndefined();
		mxPushSlot(&gxReceiver);
		mxCall();
		fxPushValues(the, values, size, &count);
		mxRunCount(count);
		mxPop();
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
	fxSettle(the);
}

void fxProgramCollect(void)
{
	fxCollectGarbage(gxMachine);
}

/* What the machine's memory looks like while it waits: in the order of `Meters` in processor.ts. */
const txInteger* fxProgramMeters(void)
{
	static txInteger meters[11];
	txMachine* the = gxMachine;
	txPool* pool = the->pool;
	txInteger* meter = meters;
	*meter++ = sizeof(txSlot);
	*meter++ = (txInteger)(pool->end - pool->start);
	*meter++ = (txInteger)(the->currentHeapCount * sizeof(txSlot));
	*meter++ = (txInteger)the->currentChunksSize;
	*meter++ = (txInteger)((pool->highest - pool->start) + (pool->end - pool->lowest));
	*meter++ = (txInteger)((the->stackTop - the->stackPeak) * sizeof(txSlot));
	*meter++ = (txInteger)(the->keyIndex - the->keyOffset);
	*meter++ = (txInteger)fxImageCodeSize();
	*meter++ = fxMutableBindings();
	*meter++ = (txInteger)the->garbageCollectionCount;
	*meter = (txInteger)(the->peakHeapCount * sizeof(txSlot) + the->peakChunksSize);
	return meters;
}

static void fxListHolding(const char* module, txSize slots, txSize chunkBytes)
{
	fxOutString(module);
	fxOutInteger((txInteger)slots);
	fxOutInteger((txInteger)chunkBytes);
}

/* Gathers name, slots and bytes of chunks of each module that has something in the heap. */
void fxProgramHoldings(void)
{
	fxOutStart();
	fxSurvey(gxMachine, fxListHolding);
}
