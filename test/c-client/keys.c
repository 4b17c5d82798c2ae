/* See keys.h. */

#include "keys.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <string.h>

void sha256(View message, uint8_t digest[digestLength]) {
	SHA256(message.data, message.length, digest);
}

void randomBytes(uint8_t *bytes, size_t length) {
	if (RAND_bytes(bytes, (int)length) != 1) fail(2, "No random numbers", NULL);
}

void appendBase64(Bytes *bytes, const uint8_t *data, size_t length) {
	uint8_t text[bodyMaximum];
	if (length > bodyMaximum / 2) fail(2, "Something is too long", NULL);
	append(bytes, text, (size_t)EVP_EncodeBlock(text, data, (int)length));
}

void appendBase64Url(Bytes *bytes, const uint8_t *data, size_t length) {
	size_t start = bytes->length;
	appendBase64(bytes, data, length);
	while (bytes->length > start && bytes->data[bytes->length - 1] == '=') bytes->length--;
	for (size_t index = start; index < bytes->length; index++) {
		if (bytes->data[index] == '+') bytes->data[index] = '-';
		if (bytes->data[index] == '/') bytes->data[index] = '_';
	}
}

int decodeBase64(View text, uint8_t *bytes, size_t room) {
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
	uint32_t bits = 0;
	int count = 0;
	size_t length = 0;
	for (size_t index = 0; index < text.length && text.data[index] != '='; index++) {
		const char *letter = memchr(letters, text.data[index], sizeof letters - 1);
		if (letter == NULL) return -1;
		uint32_t value = (uint32_t)(letter - letters);
		bits = bits << 6 | (value < 64 ? value : value - 2);
		count += 6;
		if (count < 8) continue;
		count -= 8;
		if (length == room) return -1;
		bytes[length++] = (uint8_t)(bits >> count);
	}
	return (int)length;
}

static EC_KEY *publicKeyOf(const uint8_t point[pointLength]) {
	EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	if (point[0] == 4 && EC_KEY_oct2key(key, point, pointLength, NULL) == 1) return key;
	EC_KEY_free(key);
	return NULL;
}

void idOf(const uint8_t point[pointLength], char id[2 * digestLength + 1]) {
	EC_KEY *key = publicKeyOf(point);
	uint8_t *info = NULL, digest[digestLength];
	int length = key == NULL ? -1 : i2d_EC_PUBKEY(key, &info);
	if (length < 0) fail(2, "A public key is none", NULL);
	sha256((View){info, (size_t)length}, digest);
	Bytes hex = {0};
	appendHex(&hex, digest, digestLength);
	strcpy(id, textOf(&hex));
	OPENSSL_free(info);
	EC_KEY_free(key);
}

int keyOf(const uint8_t scalar[scalarLength], Key *key) {
	EC_KEY *own = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
	const EC_GROUP *group = EC_KEY_get0_group(own);
	BIGNUM *number = BN_bin2bn(scalar, scalarLength, NULL);
	int isKey = !BN_is_zero(number) && BN_cmp(number, EC_GROUP_get0_order(group)) < 0;
	if (isKey) {
		EC_POINT *point = EC_POINT_new(group);
		EC_POINT_mul(group, point, number, NULL, NULL, NULL);
		memcpy(key->privateKey, scalar, scalarLength);
		point_conversion_form_t form = POINT_CONVERSION_UNCOMPRESSED;
		EC_POINT_point2oct(group, point, form, key->publicKey, pointLength, NULL);
		idOf(key->publicKey, key->id);
		EC_POINT_free(point);
	}
	BN_free(number);
	EC_KEY_free(own);
	return isKey;
}

void sign(const Key *key, View message, uint8_t signature[signatureLength]) {
	uint8_t digest[digestLength];
	sha256(message, digest);
	EC_KEY *own = publicKeyOf(key->publicKey);
	BIGNUM *number = BN_bin2bn(key->privateKey, scalarLength, NULL);
	EC_KEY_set_private_key(own, number);
	ECDSA_SIG *made = ECDSA_do_sign(digest, digestLength, own);
	if (made == NULL) fail(2, "Signing failed", NULL);
	BN_bn2binpad(ECDSA_SIG_get0_r(made), signature, signatureLength / 2);
	BN_bn2binpad(ECDSA_SIG_get0_s(made), signature + signatureLength / 2, signatureLength / 2);
	ECDSA_SIG_free(made);
	BN_free(number);
	EC_KEY_free(own);
}

int isSigned(const uint8_t point[pointLength], View message, View signature) {
	EC_KEY *key = publicKeyOf(point);
	if (key == NULL || signature.data == NULL || signature.length != signatureLength) return 0;
	uint8_t digest[digestLength];
	sha256(message, digest);
	ECDSA_SIG *made = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature.data, signatureLength / 2, NULL);
	BIGNUM *s = BN_bin2bn(signature.data + signatureLength / 2, signatureLength / 2, NULL);
	ECDSA_SIG_set0(made, r, s);
	int isRight = ECDSA_do_verify(digest, digestLength, made, key) == 1;
	ECDSA_SIG_free(made);
	EC_KEY_free(key);
	return isRight;
}

int isStated(View map, const char *context, const uint8_t point[pointLength]) {
	View body = bytesIn(map, "body");
	if (body.data == NULL) return 0;
	Bytes message = {0};
	append(&message, context, strlen(context) + 1);
	append(&message, body.data, body.length);
	return isSigned(point, (View){message.data, message.length}, bytesIn(map, "signature"));
}
