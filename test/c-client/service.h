/* Hello, and signed requests with signed answers. */

#ifndef SERVICE_H
#define SERVICE_H

#include "exchange.h"
#include "keys.h"

typedef struct {
	Address address;
	/* SHA-256 of the CA's certificate. */
	uint8_t fingerprint[digestLength];
	/* Since hello: the CA, the server's key with its name, and how far its clock is ahead of ours. */
	X509 *authority;
	uint8_t key[pointLength];
	char keyId[2 * digestLength + 1];
	int64_t clockAhead;
} Service;

typedef struct {
	const char *method;
	const char *path;
	View body;
	const Key *device;
	/* Of the provisioning token, where that has to sign too. */
	const Key *token;
} Request;

int64_t timeOf(const Service *service);
void sayHello(Service *service);

/* Whether `certificate` is by the service's CA, for this purpose, now; and for the host asked. */
int isIssued(const Service *service, X509 *certificate, int purpose, const char *host);

/* The body of the service's answer. Ends the program when there is none, or a refusal. */
View call(Service *service, const Request *request, Reply *reply);

#endif
