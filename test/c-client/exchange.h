/* One HTTP/1.1 request and its reply, with TLS or without. */

#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <openssl/x509.h>

#include "bytes.h"

typedef struct {
	char host[128];
	char port[6];
} Address;

typedef struct {
	int status;
	Bytes head;
	View body;
} Reply;

/*
 * Whether a whole reply came back. `authority` is the only CA to trust; without one, the request
 * goes in the clear. `time`, in seconds since 1970, is what certificates are valid at.
 */
int exchange(const Address *address, X509 *authority, int64_t time, View request, Reply *reply);

/* A field's value; `data` is null when it isn't there. */
View fieldOf(const Reply *reply, const char *name);

/* Makes the host the one that a certificate has to be for. */
void expectHost(X509_VERIFY_PARAM *parameters, const char *host);

#endif
