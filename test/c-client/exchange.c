/* See exchange.h. */

#include "exchange.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static const int timeoutSeconds = 10;

static int isIPv4(const char *host) {
	struct in_addr ignored;
	return inet_pton(AF_INET, host, &ignored) == 1;
}

void expectHost(X509_VERIFY_PARAM *parameters, const char *host) {
	if (isIPv4(host)) {
		X509_VERIFY_PARAM_set1_ip_asc(parameters, host);
		return;
	}
	X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_WILDCARDS);
	X509_VERIFY_PARAM_set1_host(parameters, host, 0);
}

static int connectTo(const Address *address) {
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
	if (getaddrinfo(address->host, address->port, &hints, &found) != 0) return -1;
	int socketNumber = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
	struct timeval timeout = {.tv_sec = timeoutSeconds};
	setsockopt(socketNumber, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setsockopt(socketNumber, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
	int isConnected = connect(socketNumber, found->ai_addr, found->ai_addrlen) == 0;
	freeaddrinfo(found);
	if (isConnected) return socketNumber;
	close(socketNumber);
	return -1;
}

/* Reads on: to the end, or until there is no room. Each reply here ends with its connection. */
static void readAll(int socketNumber, SSL *secure, Bytes *bytes) {
	while (bytes->length < bytesMaximum) {
		uint8_t *room = bytes->data + bytes->length;
		size_t rest = bytesMaximum - bytes->length;
		long length = secure ? SSL_read(secure, room, (int)rest) : recv(socketNumber, room, rest, 0);
		if (length <= 0) return;
		bytes->length += (size_t)length;
	}
}

static int ask(int socketNumber, SSL *secure, View request, Bytes *bytes) {
	long length = secure ? SSL_write(secure, request.data, (int)request.length)
						 : send(socketNumber, request.data, request.length, 0);
	if (length != (long)request.length) return 0;
	readAll(socketNumber, secure, bytes);
	return 1;
}

static int askSecurely(
	int socketNumber, const char *host, X509 *authority, int64_t time, View request, Bytes *bytes) {
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
	SSL *secure = SSL_new(context);
	SSL_set_fd(secure, socketNumber);
	expectHost(SSL_get0_param(secure), host);
	X509_VERIFY_PARAM_set_time(SSL_get0_param(secure), (time_t)time);
	if (!isIPv4(host)) SSL_set_tlsext_host_name(secure, host);
	int isAnswered = SSL_connect(secure) == 1 && ask(socketNumber, secure, request, bytes);
	SSL_free(secure);
	SSL_CTX_free(context);
	return isAnswered;
}

View fieldOf(const Reply *reply, const char *name) {
	const char *line = (const char *)reply->head.data;
	size_t length = strlen(name);
	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, length) != 0 || line[length] != ':') continue;
		const char *value = line + length + 1;
		value += strspn(value, " \t");
		return (View){(const uint8_t *)value, strcspn(value, "\r")};
	}
	return (View){NULL, 0};
}

/* Cuts head and body apart. Whether the reply is whole, and its body as long as it says. */
static int parse(Reply *reply) {
	Bytes *head = &reply->head;
	head->data[head->length] = 0;
	char *end = strstr((char *)head->data, "\r\n\r\n");
	if (end == NULL || strncmp((char *)head->data, "HTTP/1.1 ", 9) != 0) return 0;
	size_t start = (size_t)(end - (char *)head->data) + 4;
	reply->body = (View){head->data + start, head->length - start};
	end[2] = 0;
	reply->status = atoi((char *)head->data + 9);
	View length = fieldOf(reply, "content-length");
	if (length.data == NULL) return reply->status == 204 && reply->body.length == 0;
	size_t said = strtoul((const char *)length.data, NULL, 10);
	return said == reply->body.length && said <= bodyMaximum;
}

int exchange(const Address *address, X509 *authority, int64_t time, View request, Reply *reply) {
	memset(reply, 0, sizeof *reply);
	int socketNumber = connectTo(address);
	if (socketNumber < 0) return 0;
	Bytes *bytes = &reply->head;
	int isAnswered = authority == NULL
		? ask(socketNumber, NULL, request, bytes)
		: askSecurely(socketNumber, address->host, authority, time, request, bytes);
	close(socketNumber);
	return isAnswered && parse(reply);
}
