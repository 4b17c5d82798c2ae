/* See service.h. */

#include "service.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { nonceLength = 16, triesMaximum = 3 };

static const char *const algorithm = ";alg=\"ecdsa-p256-sha256\";keyid=\"";
static const char *const requestName = "\"signature\";req;key=\"device\"";

int64_t timeOf(const Service *service) { return (int64_t)time(NULL) + service->clockAhead; }

static View viewOf(const Bytes *bytes) { return (View){bytes->data, bytes->length}; }

static void appendNonce(Bytes *bytes) {
	uint8_t nonce[nonceLength];
	randomBytes(nonce, nonceLength);
	appendBase64Url(bytes, nonce, nonceLength);
}

int isIssued(const Service *service, X509 *certificate, int purpose, const char *host) {
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509_STORE_add_cert(store, service->authority);
	X509_STORE_CTX_init(context, store, certificate, NULL);
	X509_STORE_CTX_set_purpose(context, purpose);
	X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_time(parameters, (time_t)timeOf(service));
	if (host != NULL) expectHost(parameters, host);
	int isRight = X509_verify_cert(context) == 1;
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return isRight;
}

static X509 *certificateIn(View map, const char *name) {
	View der = bytesIn(map, name);
	const uint8_t *start = der.data;
	X509 *certificate = start == NULL ? NULL : d2i_X509(NULL, &start, (long)der.length);
	if (certificate == NULL) fail(2, "No certificate", name);
	return certificate;
}

static void checkHello(Service *service, View answer, View nonce) {
	View body = bytesIn(answer, "body");
	View heard = textIn(body, "nonce");
	if (heard.data == NULL || heard.length != nonce.length) fail(2, "Hello has no nonce", NULL);
	if (memcmp(heard.data, nonce.data, nonce.length) != 0) fail(2, "Hello is an old one", NULL);
	uint8_t fingerprint[digestLength];
	View authority = bytesIn(body, "authority");
	if (authority.data == NULL) fail(2, "Hello has no CA", NULL);
	sha256(authority, fingerprint);
	if (memcmp(fingerprint, service->fingerprint, digestLength) != 0) fail(2, "Another CA", NULL);
	service->authority = certificateIn(body, "authority");
	service->clockAhead = numberIn(body, "time") - (int64_t)time(NULL);
	X509 *certificate = certificateIn(body, "certificate");
	if (X509_check_ca(service->authority) != 1) fail(2, "The CA is none", NULL);
	if (!isIssued(service, certificate, X509_PURPOSE_SSL_SERVER, service->address.host)) {
		fail(2, "The server's certificate is not for this host", NULL);
	}
	ASN1_BIT_STRING *point = X509_get0_pubkey_bitstr(certificate);
	if (ASN1_STRING_length(point) != pointLength) fail(2, "The server's key is no P-256", NULL);
	memcpy(service->key, ASN1_STRING_get0_data(point), pointLength);
	idOf(service->key, service->keyId);
	if (!isStated(answer, "opendms hello 1", service->key)) fail(2, "Hello is forged", NULL);
	X509_free(certificate);
}

void sayHello(Service *service) {
	Bytes nonce = {0}, request = {0};
	appendNonce(&nonce);
	const Address *address = &service->address;
	appendText(&request, "GET /hello?nonce=%s HTTP/1.1\r\n", textOf(&nonce));
	appendText(&request, "host: %s:%s\r\n", address->host, address->port);
	appendText(&request, "connection: close\r\n\r\n");
	Reply reply;
	if (!exchange(address, NULL, 0, viewOf(&request), &reply)) fail(2, "No hello", NULL);
	if (reply.status != 200) fail(2, "No hello", "another status");
	checkHello(service, reply.body, viewOf(&nonce));
}

static void appendDigest(Bytes *bytes, View body) {
	uint8_t digest[digestLength];
	sha256(body, digest);
	appendText(bytes, "sha-256=:");
	appendBase64(bytes, digest, digestLength);
	appendText(bytes, ":");
}

/* Adds one signature to the values of both fields; `signature` becomes its member's value. */
static void addSignature(
	const Service *service, const Request *request, const char *label, Bytes fields[2],
	Bytes *signature) {
	const Key *key = strcmp(label, "token") == 0 ? request->token : request->device;
	int hasBody = request->body.length > 0;
	Bytes input = {0}, base = {0};
	appendText(&input, "(\"@method\" \"@path\"%s)", hasBody ? " \"content-digest\"" : "");
	appendText(&input, ";created=%lld;nonce=\"", (long long)timeOf(service));
	appendNonce(&input);
	appendText(&input, "\"%s%s\"", algorithm, key->id);
	appendText(&base, "\"@method\": %s\n\"@path\": %s\n", request->method, request->path);
	if (hasBody) {
		appendText(&base, "\"content-digest\": ");
		appendDigest(&base, request->body);
		appendText(&base, "\n");
	}
	appendText(&base, "\"@signature-params\": %s", textOf(&input));
	uint8_t made[signatureLength];
	sign(key, viewOf(&base), made);
	appendText(signature, ":");
	appendBase64(signature, made, signatureLength);
	appendText(signature, ":");
	const char *separator = fields[0].length > 0 ? ", " : "";
	appendText(&fields[0], "%s%s=%s", separator, label, textOf(&input));
	appendText(&fields[1], "%s%s=%s", separator, label, textOf(signature));
}

/* The request's bytes; `signature` is the value of the device's member. */
static void write(const Service *service, const Request *request, Bytes *bytes, Bytes *signature) {
	Bytes fields[2] = {{0}, {0}}, ignored = {0};
	addSignature(service, request, "device", fields, signature);
	if (request->token != NULL) addSignature(service, request, "token", fields, &ignored);
	appendText(bytes, "%s %s HTTP/1.1\r\n", request->method, request->path);
	appendText(bytes, "host: %s:%s\r\n", service->address.host, service->address.port);
	appendText(bytes, "connection: close\r\nsignature-input: %s\r\n", textOf(&fields[0]));
	appendText(bytes, "signature: %s\r\n", textOf(&fields[1]));
	if (request->body.length > 0) {
		appendText(bytes, "content-type: application/vnd.msgpack\r\ncontent-digest: ");
		appendDigest(bytes, request->body);
		appendText(bytes, "\r\ncontent-length: %zu\r\n", request->body.length);
	}
	appendText(bytes, "\r\n");
	if (request->body.length > 0) append(bytes, request->body.data, request->body.length);
}

/* The member of the service in a field, or nothing. */
static View memberOf(const Reply *reply, const char *name) {
	View field = fieldOf(reply, name);
	size_t length = strlen("service=");
	if (field.data == NULL || field.length < length) return (View){NULL, 0};
	if (memcmp(field.data, "service=", length) != 0) return (View){NULL, 0};
	return (View){field.data + length, field.length - length};
}

/* Whether it is the service's answer to the request with this signature. */
static int isAnswer(const Service *service, const Reply *reply, Bytes *requestSignature) {
	View input = memberOf(reply, "signature-input"), member = memberOf(reply, "signature");
	View retryAfter = fieldOf(reply, "retry-after");
	if (input.data == NULL || member.data == NULL || member.length < 2) return 0;
	Bytes expected = {0}, base = {0}, text = {0};
	append(&text, input.data, input.length);
	const char *created = strstr(textOf(&text), ";created=");
	size_t digits = created == NULL ? 0 : strspn(created + 9, "0123456789");
	appendText(&expected, "(\"@status\"");
	appendText(&base, "\"@status\": %d\n", reply->status);
	if (reply->body.length > 0) {
		appendText(&expected, " \"content-digest\"");
		appendText(&base, "\"content-digest\": ");
		appendDigest(&base, reply->body);
		appendText(&base, "\n");
	}
	if (retryAfter.data != NULL) {
		appendText(&expected, " \"retry-after\"");
		appendText(&base, "\"retry-after\": ");
		append(&base, retryAfter.data, retryAfter.length);
		appendText(&base, "\n");
	}
	appendText(&base, "%s: %s\n", requestName, textOf(requestSignature));
	appendText(&expected, " %s);created=", requestName);
	if (digits > 0) append(&expected, created + 9, digits);
	appendText(&expected, "%s%s\"", algorithm, service->keyId);
	if (!isText(input, textOf(&expected))) return 0;
	appendText(&base, "\"@signature-params\": %s", textOf(&expected));
	uint8_t signature[signatureLength];
	View base64 = {member.data + 1, member.length - 2};
	int length = decodeBase64(base64, signature, signatureLength);
	return length == signatureLength &&
		isSigned(service->key, viewOf(&base), (View){signature, signatureLength});
}

/* Before the n-th try after the first: from 0 to 2^(n-1) seconds. */
static void waitRandomly(int tries) {
	uint16_t random;
	randomBytes((uint8_t *)&random, sizeof random);
	long milliseconds = (long)random * (1000 << (tries - 1)) / 65536;
	struct timespec wait = {milliseconds / 1000, milliseconds % 1000 * 1000000};
	nanosleep(&wait, NULL);
}

static _Noreturn void refused(const Reply *reply) {
	Bytes text = {0};
	View rule = textIn(reply->body, "rule"), message = textIn(reply->body, "message");
	appendText(&text, "%d ", reply->status);
	if (rule.data != NULL) append(&text, rule.data, rule.length);
	if (message.data != NULL) appendText(&text, " ");
	if (message.data != NULL) append(&text, message.data, message.length);
	fail(1, "Refused", textOf(&text));
}

View call(Service *service, const Request *request, Reply *reply) {
	Bytes bytes = {0}, signature = {0};
	write(service, request, &bytes, &signature);
	int isClockChecked = 0;
	for (int tries = 1;; tries++) {
		const Address *address = &service->address;
		int isAnswered =
			exchange(address, service->authority, timeOf(service), viewOf(&bytes), reply);
		if (isAnswered && isAnswer(service, reply, &signature)) {
			if (reply->status < 300) return reply->body;
			int isClock = isText(textIn(reply->body, "rule"), "clock");
			if (reply->status < 500 && reply->status != 429 && !(isClock && !isClockChecked)) {
				refused(reply);
			}
			if (isClock) {
				isClockChecked = 1;
				bytes.length = signature.length = 0;
				sayHello(service);
				write(service, request, &bytes, &signature);
				continue;
			}
		}
		const char *why = isAnswered ? "the answer is not the service's" : "no answer";
		if (tries == triesMaximum) fail(2, "The service is out of reach", why);
		waitRandomly(tries);
	}
}
