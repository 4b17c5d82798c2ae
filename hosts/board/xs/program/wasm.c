/*
 * The program as a WebAssembly module: what machine.ts calls, and what it gives.
 *
 * What the board hands over it writes into the room that `room` makes for it. A board that loses
 * its power throws through these frames; its memory is then put back as a whole.
 */

#ifdef __wasm__

#include "program.h"

#define mxExported(NAME) __attribute__((export_name(NAME)))
#define mxImported(NAME) __attribute__((import_module("board"), import_name(NAME)))

/* Answers a question with one value in the room; returns its length. */
extern txU4 fxBoardAsk(const txU1* question, txU4 size) mxImported("ask");
/* The machine has ended; never returns. */
extern void fxBoardHalt(const char* reason, const char* message)
	mxImported("halt") XS_FUNCTION_NORETURN;

static txU1* gxRoom = C_NULL;
static txU4 gxRoomSize = 0;

mxExported("room") txU1* fxRoom(txU4 size)
{
	if (size > gxRoomSize) {
		gxRoomSize = size;
		gxRoom = c_realloc(gxRoom, gxRoomSize);
		if (!gxRoom)
			fxHalt("crashed", "the engine's own memory is full");
	}
	return gxRoom;
}

/* The image lies in the room, and stays where it is. `spare` bytes are had without growing. */
mxExported("load") void fxLoadRoom(txU4 size, txU4 spare)
{
	fxProgramLoad(gxRoom, size);
	gxRoom = C_NULL;
	gxRoomSize = 0;
	c_free(c_malloc(spare));
}

mxExported("start") void fxStartMachine(txU4 heapSize, txU4 stackCount, txU4 keys, txInteger steps)
{
	gxStepsLeft = steps;
	fxProgramStart((txSize)heapSize, (txSize)stackCount, (txInteger)keys);
}

mxExported("deliver") void fxDeliverRoom(txU4 size, txInteger steps)
{
	gxStepsLeft = steps;
	fxProgramDeliver(gxRoom, size);
}

mxExported("collect") void fxCollectMachine(void)
{
	fxProgramCollect();
}

mxExported("meters") const txInteger* fxMachineMeters(void)
{
	return fxProgramMeters();
}

/* Where the list of holdings lies; its length comes before it in four bytes. */
mxExported("survey") const txU1* fxSurveyMachine(void)
{
	txU4 size;
	const txU1* bytes;
	txU1* result;
	fxProgramHoldings();
	bytes = fxOutBytes(&size);
	result = fxRoom(sizeof(size) + size);
	c_memcpy(result, &size, sizeof(size));
	c_memcpy(result + sizeof(size), bytes, size);
	return result;
}

const txU1* fxAsk(const txU1* question, txU4 size, txU4* answerSize)
{
	*answerSize = fxBoardAsk(question, size);
	return gxRoom;
}

void fxHalt(const char* reason, const char* message)
{
	fxBoardHalt(reason, message);
}

#endif
