/* SHA-256, base64, and ECDSA P-256 with signatures of 64 bytes. */

#ifndef KEYS_H
#define KEYS_H

#include "bytes.h"

enum { digestLength = 32, pointLength = 65, scalarLength = 32, signatureLength = 64 };

typedef struct {
	uint8_t privateKey[scalarLength];
	uint8_t publicKey[pointLength];
	/* SHA-256 of the public key's SubjectPublicKeyInfo, in hexadecimal. */
	char id[2 * digestLength + 1];
} Key;

void sha256(View message, uint8_t digest[digestLength]);
void randomBytes(uint8_t *bytes, size_t length);
void appendBase64(Bytes *bytes, const uint8_t *data, size_t length);
void appendBase64Url(Bytes *bytes, const uint8_t *data, size_t length);
/* Reads base64 or base64url, with or without padding; returns the length, or -1. */
int decodeBase64(View text, uint8_t *bytes, size_t room);

/* Whether the scalar is from 1 to n - 1; then `key` is of it. */
int keyOf(const uint8_t scalar[scalarLength], Key *key);
void idOf(const uint8_t point[pointLength], char id[2 * digestLength + 1]);
/* Both hash the message, once. */
void sign(const Key *key, View message, uint8_t signature[signatureLength]);
int isSigned(const uint8_t point[pointLength], View message, View signature);
/* Of a map of `body` and `signature`: whether the body is so signed, in this context. */
int isStated(View map, const char *context, const uint8_t point[pointLength]);

#endif
