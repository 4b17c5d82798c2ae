/*
 * The program as a native one, which plays a recording of a board again, to be watched by
 * AddressSanitizer:
 *
 *     replay <recording>
 *
 * A recording is a sequence of entries: a letter, the length of what follows (4, little endian),
 * and that: I image, S start (heap in slots, slots of the stack, keys: 4 each), M message,
 * Q question that the program must ask now, A the answer to it. The last line that is printed says
 * how it ended; the exit code is 0 unless it asked another question than the one recorded.
 */

#ifndef __wasm__

#include "program.h"

static const txU1* gxNext = C_NULL;
static const txU1* gxEnd = C_NULL;

static txU1 fxTake(const txU1** bytes, txU4* size)
{
	txU1 type;
	if (gxEnd - gxNext < 5) {
		printf("ended\n");
		exit(0);
	}
	type = *gxNext++;
	c_memcpy(size, gxNext, 4);
	gxNext += 4;
	if (*size > (txU4)(gxEnd - gxNext)) {
		printf("the recording is cut off\n");
		exit(2);
	}
	*bytes = gxNext;
	gxNext += *size;
	return type;
}

const txU1* fxAsk(const txU1* question, txU4 size, txU4* answerSize)
{
	const txU1* bytes;
	txU4 length;
	if ((fxTake(&bytes, &length) != 'Q') || (length != size) || c_memcmp(bytes, question, size)) {
		printf("another question than the one recorded\n");
		exit(1);
	}
	if (fxTake(&bytes, &length) != 'A') {
		printf("the board answers nothing\n");
		exit(0);
	}
	*answerSize = length;
	return bytes;
}

void fxHalt(const char* reason, const char* message)
{
	printf("%s: %s\n", reason, message);
	exit(0);
}

/* Bytes in memory of their own, so that reading beyond them is found. */
static txU1* fxCopy(const txU1* bytes, txU4 size)
{
	txU1* copy = c_malloc(size);
	if (!copy)
		exit(2);
	c_memcpy(copy, bytes, size);
	return copy;
}

static void fxPlay(txU1 type, const txU1* bytes, txU4 size)
{
	txU1* copy = fxCopy(bytes, size);
	switch (type) {
	case 'I':
		fxProgramLoad(copy, size);
		return; /* The image stays where it is. */
	case 'S': {
		txU4 parts[3];
		c_memcpy(parts, copy, sizeof(parts));
		fxProgramStart((txSize)(parts[0] * sizeof(txSlot)), (txSize)parts[1], (txInteger)parts[2]);
		break;
	}
	case 'M':
		fxProgramDeliver(copy, size);
		break;
	default:
		printf("unknown entry\n");
		exit(2);
	}
	c_free(copy);
}

int main(int argc, char* argv[])
{
	FILE* file = (argc == 2) ? fopen(argv[1], "rb") : C_NULL;
	txU1* recording;
	long size;
	setvbuf(stdout, C_NULL, _IONBF, 0);
	if (!file || fseek(file, 0, SEEK_END) || ((size = ftell(file)) < 0) || fseek(file, 0, SEEK_SET)) {
		fprintf(stderr, "replay <recording>\n");
		return 2;
	}
	recording = c_malloc(size + 1);
	if (!recording || (fread(recording, 1, size, file) != (size_t)size))
		return 2;
	fclose(file);
	gxNext = recording;
	gxEnd = recording + size;
	for (;;) {
		const txU1* bytes;
		txU4 length;
		txU1 type = fxTake(&bytes, &length);
		fxPlay(type, bytes, length);
	}
}

#endif
