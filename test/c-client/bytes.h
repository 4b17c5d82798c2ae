/* Byte strings of bounded length, and MessagePack as far as the protocol goes. */

#ifndef BYTES_H
#define BYTES_H

#include <stddef.h>
#include <stdint.h>

/* A request's or a reply's body has at most 4,096 bytes, a head 8,192. */
enum { bytesMaximum = 16384, bodyMaximum = 4096 };

typedef struct {
	size_t length;
	uint8_t data[bytesMaximum + 1];
} Bytes;

/* A part of other bytes; `data` is null when there is no such part. */
typedef struct {
	const uint8_t *data;
	size_t length;
} View;

/* Ends the program with a sentence: 1 for a refusal, 2 for all else. */
_Noreturn void fail(int code, const char *sentence, const char *detail);

void append(Bytes *bytes, const void *data, size_t length);
void appendText(Bytes *bytes, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *textOf(Bytes *bytes);
void appendHex(Bytes *bytes, const uint8_t *data, size_t length);
int isText(View view, const char *text);

/* Writes a map: its head with the number of fields, then each field. */
void putMap(Bytes *bytes, unsigned count);
void putText(Bytes *bytes, const char *name, const char *value);
void putBytes(Bytes *bytes, const char *name, const uint8_t *value, size_t length);
void putNumber(Bytes *bytes, const char *name, uint32_t value);

/* The value of a field: text and bytes without their head, a number as its eight bytes or less. */
View textIn(View map, const char *name);
View bytesIn(View map, const char *name);
/* Negative when there is no such number. */
int64_t numberIn(View map, const char *name);

#endif
