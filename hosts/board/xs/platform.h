/* What the XS sources ask of the platform they are compiled for: Linux, 32 or 64 bit. */

#ifndef __OPENDMS_XS_PLATFORM__
#define __OPENDMS_XS_PLATFORM__

#undef mxLittleEndian
#define mxLittleEndian 1
#undef mxLinux
#define mxLinux 1
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef int txSocket;
#define mxNoSocket -1
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1

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

#endif
