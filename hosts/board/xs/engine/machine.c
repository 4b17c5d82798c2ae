/* The machines of the engine: made, run until they wait, and ended with a reason. */

#include "engine.h"

static const char* fxReasonOf(int status);

int gxStepsLeft = 0x7FFFFFFF;

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
 * Ends the machine, and tells its host the reason and what `exception` says of itself. To put
 * that into words code of the program may run, and throw or fill the memory: then it stays unsaid.
 */
void fxExit(txMachine* the, const char* reason, txSlot* exception)
{
	static const char* first = C_NULL;
	const char* volatile message = "";
	if (first)
		fxHalt(first, "");
	first = reason;
	if (exception) {
		mxTry(the) {
			message = fxToString(the, exception);
		}
		mxCatch(the) {
		}
	}
	fxHalt(reason, message);
}

void fxOutOfSteps(void* the)
{
	fxExit(the, "watchdog", C_NULL);
}

void fxQueuePromiseJobs(txMachine* the)
{
	the->promiseJobs = 1;
}

txMachine* fxNewRoot(void)
{
	txCreation creation = {
		.initialChunkSize = 512 * 1024,
		.incrementalChunkSize = 128 * 1024,
		.initialHeapCount = 24 * 1024,
		.incrementalHeapCount = 8 * 1024,
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
