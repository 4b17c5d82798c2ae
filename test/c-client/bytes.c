/* See bytes.h. */

#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(int code, const char *sentence, const char *detail) {
	fprintf(stderr, "%s%s%s\n", sentence, detail ? ": " : "", detail ? detail : "");
	exit(code);
}

void append(Bytes *bytes, const void *data, size_t length) {
	if (length > bytesMaximum - bytes->length) fail(2, "Something is too long", NULL);
	memcpy(bytes->data + bytes->length, data, length);
	bytes->length += length;
}

void appendText(Bytes *bytes, const char *format, ...) {
	char *room = (char *)bytes->data + bytes->length;
	size_t rest = bytesMaximum - bytes->length;
	va_list values;
	va_start(values, format);
	int length = vsnprintf(room, rest, format, values);
	va_end(values);
	if (length < 0 || (size_t)length >= rest) fail(2, "Something is too long", NULL);
	bytes->length += (size_t)length;
}

const char *textOf(Bytes *bytes) {
	bytes->data[bytes->length] = 0;
	return (const char *)bytes->data;
}

void appendHex(Bytes *bytes, const uint8_t *data, size_t length) {
	for (size_t index = 0; index < length; index++) appendText(bytes, "%02x", data[index]);
}

int isText(View view, const char *text) {
	return view.data != NULL && view.length == strlen(text) && !memcmp(view.data, text, view.length);
}

static void putHead(Bytes *bytes, uint8_t head, uint32_t value, int length) {
	append(bytes, &head, 1);
	for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
		uint8_t byte = (uint8_t)(value >> shift);
		append(bytes, &byte, 1);
	}
}

static void putString(Bytes *bytes, const char *text) {
	size_t length = strlen(text);
	if (length < 32) putHead(bytes, (uint8_t)(0xa0 | length), 0, 0);
	else putHead(bytes, 0xd9, (uint32_t)length, 1);
	append(bytes, text, length);
}

void putMap(Bytes *bytes, unsigned count) { putHead(bytes, (uint8_t)(0x80 | count), 0, 0); }

void putText(Bytes *bytes, const char *name, const char *value) {
	putString(bytes, name);
	putString(bytes, value);
}

void putBytes(Bytes *bytes, const char *name, const uint8_t *value, size_t length) {
	putString(bytes, name);
	putHead(bytes, 0xc5, (uint32_t)length, 2);
	append(bytes, value, length);
}

void putNumber(Bytes *bytes, const char *name, uint32_t value) {
	putString(bytes, name);
	putHead(bytes, 0xce, value, 4);
}

enum Kind { kindText, kindBytes, kindNumber, kindOther };

typedef struct {
	View rest;
	int isBad;
} Reader;

static View take(Reader *reader, size_t length) {
	View part = {reader->rest.data, length};
	if (length > reader->rest.length) {
		reader->isBad = 1;
		part.data = NULL;
		return part;
	}
	reader->rest.data += length;
	reader->rest.length -= length;
	return part;
}

static uint64_t takeNumber(Reader *reader, size_t length) {
	View part = take(reader, length);
	uint64_t value = 0;
	for (size_t index = 0; part.data != NULL && index < length; index++) {
		value = value << 8 | part.data[index];
	}
	return value;
}

/* The next value that holds no others; fields of a later version may, and end the reading. */
static enum Kind takeValue(Reader *reader, View *value, uint64_t *number) {
	uint8_t head = (uint8_t)takeNumber(reader, 1);
	*number = head;
	if (head < 0x80) return kindNumber;
	if (head >= 0xa0 && head < 0xc0) return *value = take(reader, head & 0x1f), kindText;
	if (head >= 0xc4 && head <= 0xc6) {
		*value = take(reader, (size_t)takeNumber(reader, (size_t)1 << (head - 0xc4)));
		return kindBytes;
	}
	if (head >= 0xd9 && head <= 0xdb) {
		*value = take(reader, (size_t)takeNumber(reader, (size_t)1 << (head - 0xd9)));
		return kindText;
	}
	if (head >= 0xcc && head <= 0xcf) {
		*number = takeNumber(reader, (size_t)1 << (head - 0xcc));
		return kindNumber;
	}
	reader->isBad = head != 0xc0 && head != 0xc2 && head != 0xc3;
	return kindOther;
}

static enum Kind find(View map, const char *name, View *found, uint64_t *number) {
	Reader reader = {map, map.data == NULL};
	uint8_t head = (uint8_t)takeNumber(&reader, 1);
	uint64_t count = head == 0xde ? takeNumber(&reader, 2) : (uint64_t)(head & 0x0f);
	if (head != 0xde && (head & 0xf0) != 0x80) return kindOther;
	enum Kind result = kindOther;
	while (count-- > 0 && !reader.isBad) {
		View key = {NULL, 0}, value = {NULL, 0};
		uint64_t ignored, count64;
		enum Kind keyKind = takeValue(&reader, &key, &ignored);
		enum Kind kind = takeValue(&reader, &value, &count64);
		if (reader.isBad || keyKind != kindText || !isText(key, name)) continue;
		result = kind;
		*found = value;
		*number = count64;
	}
	return result;
}

View textIn(View map, const char *name) {
	View value = {NULL, 0};
	uint64_t ignored;
	if (find(map, name, &value, &ignored) != kindText) value.data = NULL;
	return value;
}

View bytesIn(View map, const char *name) {
	View value = {NULL, 0};
	uint64_t ignored;
	if (find(map, name, &value, &ignored) != kindBytes) value.data = NULL;
	return value;
}

int64_t numberIn(View map, const char *name) {
	View ignored;
	uint64_t number = 0;
	return find(map, name, &ignored, &number) == kindNumber ? (int64_t)number : -1;
}
