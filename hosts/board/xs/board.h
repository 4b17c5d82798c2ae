/* The parts of the board's XS program: memory, image, ROM, link. Each has one C file. */

#ifndef __OPENDMS_XS_BOARD__
#define __OPENDMS_XS_BOARD__

#include "xsAll.h"
#include "xsScript.h"

/* main.c */
extern void fxImport(txMachine* the, const char* name, txCallback fulfilled, txCallback rejected);

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

/* rom.c: a machine whose heap is read-only from then on, and the machine that runs over it. */
extern void fxBurn(txMachine* root);
extern txInteger fxMutableBindings(void);

/* survey.c: what of the heap belongs to which module. */
extern void fxSurvey(txMachine* the);

/* link.c: frames to and from the board. */
extern void fxLinkOpen(int descriptor);
extern txU1* fxLinkReceive(txU1* type, txU4* size);
extern void fxLinkStart(txU1 type);
extern void fxLinkInteger(txInteger value);
extern void fxLinkString(const char* string);
extern void fxLinkSend(void);
extern void fxLinkCall(txMachine* the);
extern void fxLinkPushValues(txMachine* the, const txU1* bytes, txU4 size, txInteger* count);
extern void fxLinkExit(const char* reason, const char* message) XS_FUNCTION_NORETURN;

/* Types of frames. PROTOCOL: a board frame Image, then Message after Message; each is answered
 * by any number of Calls (each with its Result or Error at once), then Done, or Exit at the end. */
enum {
	mxFrameImage = 'I',
	mxFrameMessage = 'M',
	mxFrameCollect = 'G',
	mxFrameSurvey = 'S',
	mxFrameResult = 'R',
	mxFrameError = 'E',
	mxFrameCall = 'C',
	mxFrameDone = 'D',
	mxFrameExit = 'X',
};

#endif
