/*
 * The board's processor: XS in a process of its own.
 *
 *     xs-board <descriptor> <heap bytes> <stack slots> <keys> <watchdog milliseconds>
 *
 * It takes an image from the board, burns it into a read-only machine, and runs a clone of that in
 * a heap of fixed size. The image's last module exports a function by default: it is called once
 * with the function that calls the board, and returns the function that takes the board's messages.
 */

#include "board.h"
#include <sys/time.h>

static txMachine* fxNewRoot(void);
static txMachine* fxNewClone(txMachine* root, txSize heapSize, txSize stackCount, txInteger keys);
static void fxDeliver(txMachine* the, const txU1* bytes, txU4 size);
static void fxSettle(txMachine* the);
static void fxReportDone(txMachine* the);
static const char* fxReasonOf(int status);
static void fxWatch(int milliseconds);

static txSlot gxReceiver;

#if mxStress
extern int gxStress;
#endif

/* Buckets of the tables of names and of symbols: as the SDK's default for the ESP32. */
#define mxNameModulo 53
#define mxSymbolModulo 3
/* Steps in which the heap takes from its pool: as the SDK's default for the ESP32-C3. */
#define mxChunkStep 512
#define mxSlotStep 64

/* The names that XS itself gives; for the last two it has none. */
const char* fxReasonOf(int status)
{
	switch (status) {
	case XS_NOT_ENOUGH_MEMORY_EXIT:
		return "memory full";
	case XS_STACK_OVERFLOW_EXIT:
		return "stack overflow";
	case XS_DEAD_STRIP_EXIT:
		return "dead strip";
	case XS_UNHANDLED_EXCEPTION_EXIT:
		return "unhandled exception";
	case XS_NO_MORE_KEYS_EXIT:
		return "not enough keys";
	case XS_TOO_MUCH_COMPUTATION_EXIT:
		return "too much computation";
	case XS_UNHANDLED_REJECTION_EXIT:
		return "unhandled rejection";
	case XS_DEBUGGER_EXIT:
		return "debugger";
	case XS_FATAL_CHECK_EXIT:
		return "fatal check";
	default:
		return "unknown";
	}
}

void fxAbort(txMachine* the, int status)
{
	if ((status == XS_UNHANDLED_EXCEPTION_EXIT) || (status == XS_UNHANDLED_REJECTION_EXIT))
		fxExit(the, fxReasonOf(status), &mxException);
	fxExit(the, fxReasonOf(status), C_NULL);
}

/*
 * Ends the process, and tells the board the reason and what `exception` says of itself. To put
 * that into words code of the program may run, and throw or fill the memory: then it stays unsaid.
 */
void fxExit(txMachine* the, const char* reason, txSlot* exception)
{
	static const char* first = C_NULL;
	const char* volatile message = "";
	if (first)
		fxLinkExit(first, "");
	first = reason;
	if (exception) {
		mxTry(the) {
			message = fxToString(the, exception);
		}
		mxCatch(the) {
		}
	}
	fxLinkExit(reason, message);
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

txMachine* fxNewRoot(void)
{
	txCreation creation = {
		.initialChunkSize = 1024 * 1024,
		.incrementalChunkSize = 1024 * 1024,
		.initialHeapCount = 64 * 1024,
		.incrementalHeapCount = 64 * 1024,
		.stackCount = 4096,
		.initialKeyCount = 4096,
		.incrementalKeyCount = 1024,
		.nameModulo = mxNameModulo,
		.symbolModulo = mxSymbolModulo,
		.parserBufferSize = 64 * 1024,
		.parserTableModulo = 1993,
	};
	return fxCreateMachine(&creation, "root", C_NULL, XS_NO_ID);
}

txMachine* fxNewClone(txMachine* root, txSize heapSize, txSize stackCount, txInteger keys)
{
	txCreation creation = {
		.initialChunkSize = mxChunkStep,
		.incrementalChunkSize = mxChunkStep,
		.initialHeapCount = mxSlotStep,
		.incrementalHeapCount = mxSlotStep,
		.stackCount = stackCount,
		.initialKeyCount = keys,
		.incrementalKeyCount = 0,
		.nameModulo = mxNameModulo,
		.symbolModulo = mxSymbolModulo,
	};
	txPool* pool = fxNewPool(heapSize);
	return pool ? fxCloneMachine(&creation, root, "board", pool) : C_NULL;
}

/* Runs promise jobs until there are none. */
void fxSettle(txMachine* the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
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
		fxNewHostFunction(the, fxLinkCall, 1, XS_NO_ID, XS_NO_ID);
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
	fxExit(the, fxReasonOf(XS_UNHANDLED_EXCEPTION_EXIT), mxArgv(0));
}

/* Imports a module and runs promise jobs until one of the two callbacks has been called. */
void fxImport(txMachine* the, const char* name, txCallback fulfilled, txCallback rejected)
{
	fxBeginHost(the);
	mxTry(the) {
		txSlot* realm = mxModuleInstanceInternal(mxProgram.value.reference)->value.module.realm;
		mxPushStringC((txString)name);
		fxRunImport(the, realm, XS_NO_ID);
		/* THIS FUNCTION */
		mxDub();
		mxGetID(mxID(_then));
		mxCall();
		fxNewHostFunction(the, fulfilled, 1, XS_NO_ID, XS_NO_ID);
		fxNewHostFunction(the, rejected, 1, XS_NO_ID, XS_NO_ID);
		mxRunCount(2);
		mxPop();
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
	fxSettle(the);
}

void fxDeliver(txMachine* the, const txU1* bytes, txU4 size)
{
	fxBeginHost(the);
	mxTry(the) {
		txInteger count;
		/* THIS FUNCTION */
		mxPushUndefined();
		mxPushSlot(&gxReceiver);
		mxCall();
		fxLinkPushValues(the, bytes, size, &count);
		mxRunCount(count);
		mxPop();
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
	fxSettle(the);
}

/* Tells the board that the machine waits, and what its memory looks like; see processor.ts. */
void fxReportDone(txMachine* the)
{
	txPool* pool = the->pool;
	fxLinkStart(mxFrameDone);
	fxLinkInteger(sizeof(txSlot));
	fxLinkInteger((txInteger)(pool->end - pool->start));
	fxLinkInteger((txInteger)(the->currentHeapCount * sizeof(txSlot)));
	fxLinkInteger((txInteger)the->currentChunksSize);
	fxLinkInteger((txInteger)((pool->highest - pool->start) + (pool->end - pool->lowest)));
	fxLinkInteger((txInteger)((the->stackTop - the->stackPeak) * sizeof(txSlot)));
	fxLinkInteger((txInteger)(the->keyIndex - the->keyOffset));
	fxLinkInteger((txInteger)fxImageCodeSize());
	fxLinkInteger(fxMutableBindings());
	fxLinkInteger((txInteger)the->garbageCollectionCount);
	fxLinkInteger((txInteger)(the->peakHeapCount * sizeof(txSlot) + the->peakChunksSize));
	fxLinkSend();
}

/*
 * The watchdog: a signal ends this process after so much processor time; 0 turns it off. A machine
 * under stress is slow on purpose, and has none.
 */
void fxWatch(int milliseconds)
{
#if !mxStress
	struct itimerval watchdog = { .it_value = { milliseconds / 1000, milliseconds % 1000 * 1000 } };
	setitimer(ITIMER_VIRTUAL, &watchdog, C_NULL);
#endif
}

int main(int argc, char* argv[])
{
	txMachine *root, *the;
	txU1 type;
	txU4 size;
	txU1* bytes;
	if (argc != 6) {
		fprintf(stderr,
			"xs-board <descriptor> <heap bytes> <stack slots> <keys> <watchdog milliseconds>\n");
		return 2;
	}
	fxInitializeSharedCluster();
	fxLinkOpen(atoi(argv[1]));
	bytes = fxLinkReceive(&type, &size);
	{
		txU1* image = c_malloc(size);
		if (!image || (type != mxFrameImage))
			return 2;
		c_memcpy(image, bytes, size);
		fxSetImage(image, size);
	}
	root = fxNewRoot();
	fxPreloadImage(root);
	fxBurn(root);
	the = fxNewClone(root, atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	if (!the)
		fxExit(root, fxReasonOf(XS_NOT_ENOUGH_MEMORY_EXIT), C_NULL);
#if mxStress
	gxStress = 1; /* From here on, a collection at every allocation. */
#endif
	fxWatch(atoi(argv[5]));
	fxImport(the, fxImageMain(), fxStarted, fxNotStarted);
	for (;;) {
		fxWatch(0);
		fxReportDone(the);
		bytes = fxLinkReceive(&type, &size);
		if (type == mxFrameMessage) {
			the->peakHeapCount = the->currentHeapCount;
			the->peakChunksSize = the->currentChunksSize;
			fxWatch(atoi(argv[5]));
			fxDeliver(the, bytes, size);
		}
		else if (type == mxFrameCollect)
			fxCollectGarbage(the);
		else if (type == mxFrameSurvey)
			fxSurvey(the);
	}
}
