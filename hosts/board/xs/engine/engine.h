/*
 * XS as a chip has it: a machine whose modules lie in ROM, and one that runs over it in a heap of
 * fixed size. No policy, and nothing of a board: who hosts the engine gives it `fxHalt`.
 */

#ifndef __OPENDMS_ENGINE__
#define __OPENDMS_ENGINE__

#include "xsAll.h"
#include "xsScript.h"

/* memory.c: a machine's fixed memory, from which chunks grow upwards and slots downwards. */
typedef struct sxPool txPool;
struct sxPool {
	txByte* start;
	txByte* low;
	txByte* high;
	txByte* end;
	txByte* highest;
	txByte* lowest;
};
extern txPool* fxNewPool(txSize size);

/* image.c: the modules of the device program, as they lie in flash. */
extern void fxSetImage(const txU1* bytes, txU4 size);
extern void fxPreloadImage(txMachine* the);
extern const char* fxImageMain(void);
extern txSize fxImageCodeSize(void);

/* rom.c: a machine whose heap is read-only from then on. */
extern void fxBurn(txMachine* root);
extern txInteger fxMutableBindings(void);

/* machine.c: the two machines, what runs in them, and how they end. */
extern txMachine* fxNewRoot(void);
extern txMachine* fxNewClone(txMachine* root, txSize heapSize, txSize stackCount, txInteger keys);
extern void fxImport(txMachine* the, const char* name, txCallback fulfilled, txCallback rejected);
extern void fxSettle(txMachine* the);
extern void fxExit(txMachine* the, const char* reason, txSlot* exception) XS_FUNCTION_NORETURN;

/* survey.c: what of the heap belongs to which module; each owner is told to `report`. */
typedef void (*txHoldingReport)(const char* module, txSize slots, txSize chunkBytes);
extern void fxSurvey(txMachine* the, txHoldingReport report);

/* Of who hosts the engine: the machine has ended, for a reason of XS's names; never returns. */
extern void fxHalt(const char* reason, const char* message) XS_FUNCTION_NORETURN;

#endif
