/*
 * The board's XS program: one call from the device program to the board, and one mailbox back.
 *
 * All that crosses is a sequence of values. A value is a letter and its bytes, little endian:
 *
 *     u undefined   n null   t true   f false   i integer (4)   d double (8)
 *     s string: length (4), UTF-8   b buffer: length (4), bytes   e error: as a string
 *
 * Buffers here belong to this program, not to a machine: none of its memory is spent on them.
 */

#ifndef __OPENDMS_PROGRAM__
#define __OPENDMS_PROGRAM__

#include "engine.h"

/* program.c */
extern void fxProgramLoad(const txU1* image, txU4 size);
extern void fxProgramStart(txSize heapSize, txSize stackCount, txInteger keys);
extern void fxProgramDeliver(const txU1* values, txU4 size);
extern void fxProgramCollect(void);
extern const txInteger* fxProgramMeters(void);
extern void fxProgramHoldings(void);

/* values.c: what goes out is gathered in one buffer. */
extern void fxOutStart(void);
extern void fxOutInteger(txInteger value);
extern void fxOutString(const char* string);
extern void fxOutValue(txMachine* the, txSlot* slot);
extern const txU1* fxOutBytes(txU4* size);
extern void fxPushValues(txMachine* the, const txU1* bytes, txU4 size, txInteger* count);

/* wasm.c or replay.c: asks the board, whose answer is one value, good until the next question. */
extern const txU1* fxAsk(const txU1* question, txU4 size, txU4* answerSize);

#if mxPlanted
/* planted.c: does what the operation of a call asks for, if it is a fault. */
extern int fxPlanted(txMachine* the);
#endif

#endif
