/*
 * A device in C, written from PROTOCOL.md alone. It goes from a token to an update's statement:
 *
 *     client <provisioning token> <claim token> <product> <platform key, hex> [<seconds off>]
 *
 * It keeps nothing: a device would write its credentials to flash where a comment says so.
 */

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "service.h"

static const char *const hardware = "c0ffee000001";
static const char *const platform = "c-client";
static const char *const version = "1.0.0.0";
enum { secretLength = 16 };

static View viewOf(const Bytes *bytes) { return (View){bytes->data, bytes->length}; }

static void say(const char *what, View value) {
	printf("%s: %.*s\n", what, (int)value.length, (const char *)value.data);
}

/* Puts host, port and fingerprint into `service`, and makes the token's key. */
static void readToken(const char *token, Service *service, Key *key) {
	const char *check = strrchr(token, '/');
	if (strncmp(token, "dms1/", 5) != 0 || check == NULL) fail(2, "That is no token", NULL);
	uint8_t digest[digestLength], secretAndPrint[secretLength + digestLength];
	Bytes hex = {0};
	sha256((View){(const uint8_t *)token, (size_t)(check - token)}, digest);
	appendHex(&hex, digest, 3);
	if (strlen(check) != 6 || strncmp(textOf(&hex), check + 1, 5) != 0) fail(2, "Mistyped", NULL);
	const char *address = token + 5, *text = strchr(address, '/') + 1;
	View letters = {(const uint8_t *)text, (size_t)(check - text)};
	int length = decodeBase64(letters, secretAndPrint, sizeof secretAndPrint);
	if (length != (int)sizeof secretAndPrint) fail(2, "That is no token", NULL);
	memcpy(service->fingerprint, secretAndPrint + secretLength, digestLength);
	strcpy(service->address.port, "443");
	sscanf(address, "%106[^:/]:%5[0-9]", service->address.host, service->address.port);
	for (int counter = 0, isFound = 0; !isFound && counter < 256; counter++) {
		Bytes seed = {0};
		append(&seed, "opendms token key 1", sizeof "opendms token key 1");
		append(&seed, secretAndPrint, secretLength);
		append(&seed, &(uint8_t){(uint8_t)counter}, 1);
		sha256(viewOf(&seed), digest);
		isFound = keyOf(digest, key);
	}
}

static void putFacts(Bytes *body) {
	putText(body, "hardware", hardware);
	putText(body, "platform", platform);
	putText(body, "version", version);
}

static void provision(Service *service, const Key *device, const Key *token) {
	Bytes body = {0};
	putMap(&body, 4);
	putBytes(&body, "key", device->publicKey, pointLength);
	putFacts(&body);
	Reply reply;
	Request request = {"POST", "/provision", viewOf(&body), device, token};
	View answer = call(service, &request, &reply);
	View uuid = textIn(answer, "uuid"), der = bytesIn(answer, "certificate");
	const uint8_t *start = der.data;
	X509 *certificate = start == NULL ? NULL : d2i_X509(NULL, &start, (long)der.length);
	if (certificate == NULL || uuid.length != 40) fail(2, "No credentials", NULL);
	ASN1_BIT_STRING *point = X509_get0_pubkey_bitstr(certificate);
	char name[64] = "";
	X509_NAME *subject = X509_get_subject_name(certificate);
	X509_NAME_get_text_by_NID(subject, NID_commonName, name, sizeof name);
	int isOurs = ASN1_STRING_length(point) == pointLength &&
		memcmp(ASN1_STRING_get0_data(point), device->publicKey, pointLength) == 0 &&
		isText(uuid, name) && isIssued(service, certificate, X509_PURPOSE_SSL_CLIENT, NULL);
	if (!isOurs) fail(2, "Another's certificate", NULL);
	X509_free(certificate);
	say("uuid", uuid);
	/* Here the credentials go to flash. Only then: */
	Request acknowledgement = {"PUT", "/provision", {NULL, 0}, device, NULL};
	call(service, &acknowledgement, &reply);
	puts("acknowledged");
}

/* Checks the key statement in an answer, and puts the product's key into `key`. */
static void takeKey(View answer, const char *product, const uint8_t *platformKey, uint8_t *key) {
	View statement = bytesIn(answer, "key");
	if (statement.data == NULL) fail(2, "The product has no key", NULL);
	if (!isStated(statement, "opendms key statement 1", platformKey)) fail(2, "Forged key", NULL);
	View body = bytesIn(statement, "body"), point = bytesIn(body, "key");
	if (!isText(textIn(body, "product"), product)) fail(2, "Another product's key", NULL);
	if (!isText(textIn(body, "platform"), platform)) fail(2, "Another platform's key", NULL);
	if (point.data == NULL || point.length != pointLength) fail(2, "The key is none", NULL);
	memcpy(key, point.data, pointLength);
	printf("key generation: %lld\n", (long long)numberIn(body, "generation"));
}

static void claim(Service *service, const Key *device, const char *token) {
	Bytes body = {0};
	putMap(&body, 1);
	putText(&body, "token", token);
	Reply reply;
	Request request = {"POST", "/claim", viewOf(&body), device, NULL};
	say("owner", textIn(call(service, &request, &reply), "user"));
}

static void activate(
	Service *service, const Key *device, const char *product, const uint8_t *platformKey,
	uint8_t *productKey) {
	Bytes body = {0};
	putMap(&body, 1);
	putText(&body, "product", product);
	Reply reply;
	Request request = {"POST", "/activate", viewOf(&body), device, NULL};
	View answer = call(service, &request, &reply);
	say("title", textIn(answer, "title"));
	takeKey(answer, product, platformKey, productKey);
}

static void query(
	Service *service, const Key *device, const char *product, const uint8_t *productKey) {
	Bytes body = {0}, path = {0};
	putMap(&body, 3);
	putText(&body, "version", version);
	putNumber(&body, "sequence", 0);
	putNumber(&body, "generation", 1);
	Reply reply;
	Request request = {"POST", "/update", viewOf(&body), device, NULL};
	View answer = call(service, &request, &reply);
	View bundle = textIn(answer, "bundle");
	say("rule", textIn(answer, "rule"));
	if (bundle.data == NULL) return;
	appendText(&path, "/update/%.*s/statement", (int)bundle.length, (const char *)bundle.data);
	Request fetch = {"GET", textOf(&path), {NULL, 0}, device, NULL};
	View statement = call(service, &fetch, &reply);
	if (!isStated(statement, "opendms statement 1", productKey)) fail(2, "Forged statement", NULL);
	View about = bytesIn(statement, "body");
	if (!isText(textIn(about, "product"), product)) fail(2, "Another product's image", NULL);
	say("version", textIn(about, "version"));
	printf("length: %lld\n", (long long)numberIn(about, "length"));
}

int main(int count, char **words) {
	if (count < 5) fail(2, "client <token> <claim token> <product> <platform key>", NULL);
	static Service service;
	Key device, token;
	uint8_t scalar[scalarLength], platformKey[pointLength], productKey[pointLength];
	for (size_t index = 0; index < pointLength; index++) {
		unsigned byte = 0;
		sscanf(words[4] + 2 * index, "%2x", &byte);
		platformKey[index] = (uint8_t)byte;
	}
	readToken(words[1], &service, &token);
	do randomBytes(scalar, scalarLength);
	while (!keyOf(scalar, &device));
	/* Here the token and the key go to flash. Only then: */
	sayHello(&service);
	puts("hello");
	if (count > 5) service.clockAhead += atoi(words[5]);
	provision(&service, &device, &token);
	claim(&service, &device, words[2]);
	activate(&service, &device, words[3], platformKey, productKey);
	query(&service, &device, words[3], productKey);
	return 0;
}
