/*
 * What the XS sources ask of the platform they are compiled for: WebAssembly, whose slots and
 * pointers have the chip's sizes, or a native 64-bit program for AddressSanitizer.
 */

#ifndef __OPENDMS_XS_PLATFORM__
#define __OPENDMS_XS_PLATFORM__

#undef mxLittleEndian
#define mxLittleEndian 1
#ifdef __wasm__
	#undef mxWasm
	#define mxWasm 1
	#define mxUseDefaultCStackLimit 0 /* Ours is in memory.c. */
#else
	#undef mxLinux
	#define mxLinux 1
#endif
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#ifndef __wasm__
	#include <netdb.h>
	#include <pthread.h>
	#include <signal.h>
	#include <sys/mman.h>
	#define mxUsePOSIXThreads 1
#endif

typedef int txSocket;
#define mxNoSocket -1
#define mxUseGCCAtomics 1

/*
 * A jump leads to its own place, or, for a `try` of the program, to the interpreter's call that it
 * was made in: build/change.ts takes setjmp out of the interpreter's loop.
 */
typedef struct {
	jmp_buf* base;
	int kind;
	jmp_buf own;
} txJumpBuffer;
#define c_jmp_buf txJumpBuffer
#define c_setjmp(BUFFER) ((BUFFER).base = 0, setjmp((BUFFER).own))
#define c_longjmp(BUFFER, VALUE) \
	((BUFFER).base ? longjmp(*(BUFFER).base, (BUFFER).kind) : longjmp((BUFFER).own, VALUE))

/* Of each machine: where its memory comes from, and whether promise jobs wait for it. */
#define mxMachinePlatform \
	struct sxPool* pool; \
	int promiseJobs; \
	void* waiterCondition; \
	void* waiterData; \
	void* waiterLink;

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultParseScript 1
#define mxUseDefaultSharedChunks 1

/* On the chip an ID has 16 bits; only a 64-bit build needs more to keep its slots aligned. */
#if INTPTR_MAX == INT64_MAX
	#define mx32bitID 1
#endif

/*
 * The watchdog's count: backward branches, calls, and steps of a regular expression that the turn
 * may still take; build/change.ts puts it there. Unlike time it is the same in each run.
 */
extern int gxStepsLeft;
extern void fxOutOfSteps(void* machine) XS_FUNCTION_NORETURN;

#endif
