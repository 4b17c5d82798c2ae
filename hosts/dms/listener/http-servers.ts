/** The HTTP servers behind the port: one for what comes through TLS, one for what doesn't. */

import {
	createServer as createPlainServer,
	type IncomingMessage,
	type RequestListener,
	type Server,
	type ServerOptions,
	type ServerResponse,
} from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, type TlsOptions, type TLSSocket } from "node:tls";
import { type Answer, refuseRequest } from "../endpoint/answer.js";
import { unknownPath } from "../log.js";
import type { Service } from "../service.js";
import { cipherSuites } from "./cipher-suites.js";
import type { Limits } from "./limits.js";
import { incomingOfNode, send } from "./node-exchange.js";
import { reject, statusOfParserError } from "./rejection.js";

/** How often Node looks for requests that take too long, at least. */
const checkMillisecondsMaximum = 1_000;

/**
 * Of what is in one TLS record: nothing of it can be read before it is whole, and a chip has no
 * room for the 16 KB that one may have. A device asks for the same.
 */
const recordLengthMaximum = 2_048;

/** For how long a chain is shown before it is looked whether it was renewed. */
const chainsMilliseconds = 3_600_000;

export type OnRequest = (response: ServerResponse) => void;

export function createPlain(service: Service, limits: Limits, onRequest: OnRequest): Server {
	const listener = listenerOf(service, false, onRequest);
	return prepared(createPlainServer(optionsOf(limits), listener), listener, service, limits);
}

export async function createSecure(
	service: Service,
	limits: Limits,
	onRequest: OnRequest,
): Promise<SecureServer> {
	const ALPNCallback = await chooseChain(service);
	const options = { ...optionsOf(limits), ...(await tlsOptionsOf(service, limits)), ALPNCallback };
	const listener = listenerOf(service, true, onRequest);
	const server = createSecureServer(options, listener);
	server.on("secureConnection", (socket) => socket.setMaxSendFragment(recordLengthMaximum));
	return prepared(server, listener, service, limits);
}

/**
 * A device that trusts a CA behind the first one says so before a certificate is shown to it:
 * by the name of a protocol (RFC 7301), which a proxy that doesn't know it passes over.
 */
async function chooseChain(service: Service): Promise<TlsOptions["ALPNCallback"]> {
	let contexts = await chainsOf(service);
	let readAt = performance.now();
	const refresh = async (): Promise<void> => {
		readAt = performance.now();
		contexts = await chainsOf(service);
	};
	return function (this: unknown, { protocols }) {
		if (performance.now() - readAt > chainsMilliseconds) {
			refresh().catch((error: unknown) => {
				service.log({ kind: "fault", during: "renewal of the server's certificate", error });
			});
		}
		const chosen = protocols.find((protocol) => contexts.has(protocol));
		const context = contexts.get(chosen ?? "");
		if (context !== undefined) (this as TLSSocket).setKeyCert(context);
		return chosen ?? protocols.find((protocol) => protocol === "http/1.1");
	};
}

async function chainsOf(service: Service): Promise<Map<string, SecureContext>> {
	const files = await service.followingFiles();
	return new Map(
		files.map(({ protocol, key, cert }) => [protocol, createSecureContext({ key, cert })]),
	);
}

/** TLS as it should be now: the certificate is renewed from time to time. */
export async function tlsOptionsOf(service: Service, limits: Limits): Promise<TlsOptions> {
	return {
		...(await service.serverFiles()),
		minVersion: "TLSv1.2",
		ciphers: cipherSuites,
		handshakeTimeout: limits.handshakeMilliseconds,
	};
}

function optionsOf(limits: Limits): ServerOptions {
	return {
		maxHeaderSize: limits.headLengthMaximum,
		headersTimeout: limits.headMilliseconds,
		requestTimeout: limits.requestMilliseconds,
		keepAliveTimeout: limits.idleMilliseconds,
		connectionsCheckingInterval: Math.min(limits.headMilliseconds, checkMillisecondsMaximum),
		// Without a Host field our own refusal is sent, which has a body.
		requireHostHeader: false,
	};
}

function listenerOf(service: Service, isEncrypted: boolean, onRequest: OnRequest): RequestListener {
	return (message: IncomingMessage, response: ServerResponse) => {
		onRequest(response);
		void answer(service, message, response, isEncrypted);
	};
}

/** Whether the client sends its body only when it is told to go on (RFC 9110 section 10.1.1). */
function isWaiting({ headers, httpVersion }: IncomingMessage): boolean {
	return headers.expect?.toLowerCase() === "100-continue" && httpVersion !== "1.0";
}

async function answer(
	service: Service,
	message: IncomingMessage,
	response: ServerResponse,
	isEncrypted: boolean,
): Promise<void> {
	let waits = isWaiting(message);
	const goOn = (): void => {
		if (waits) response.writeContinue();
		waits = false;
	};
	try {
		const incoming = incomingOfNode(message, isEncrypted, goOn);
		const given = incoming ? await service.answer(incoming) : refusal(service, 400);
		// Whether its body comes nevertheless nobody knows.
		if (waits) response.shouldKeepAlive = false;
		await send(response, given, service.now());
	} catch (error) {
		// It has begun, so there is no other answer to give: who asked sees that it broke off.
		const isGone = response.destroyed && message.destroyed;
		if (!isGone) service.log({ kind: "fault", during: "sending an answer", error });
		response.destroy();
	}
}

/** The `Host` field is missing or wrong, or the target is no URL. */
function refusal(service: Service, status: number): Answer {
	logRejection(service, status);
	return refuseRequest(status, undefined, { connection: "close" });
}

function prepared<S extends Server>(
	server: S,
	listener: RequestListener,
	service: Service,
	limits: Limits,
): S {
	server.timeout = limits.stallMilliseconds;
	// A client may close its half when it has asked; Node would drop its request.
	Object.assign(server, { httpAllowHalfOpen: true });
	// What else is expected of us than to go on we need not know: Node would refuse it bodyless.
	server.on("checkExpectation", listener);
	// Nor is a body asked for that is refused by its head.
	server.on("checkContinue", listener);
	const answers = new WeakMap<Duplex, ServerResponse>();
	const note: RequestListener = ({ socket }, answer) => void answers.set(socket, answer);
	server.on("request", note);
	server.on("checkExpectation", note);
	server.on("checkContinue", note);
	server.on("clientError", (error, socket) => {
		const status = statusOfParserError(error);
		if (status === undefined) return void socket.destroy();
		const answer = answers.get(socket);
		// What has begun is not to get another answer into it, or behind it.
		if (answer?.headersSent && !answer.writableFinished) {
			return void answer.once("close", () => socket.end());
		}
		// One broken request can be reported twice: the answer to the first one ended the socket.
		if (!socket.writable) return;
		logRejection(service, status);
		reject(socket, status, service.now());
	});
	// Node's time-outs for heads and requests begin when a server listens; this one never does.
	server.emit("listening");
	return server;
}

function logRejection(service: Service, status: number): void {
	const rule = "request";
	service.log({ kind: "request", method: "-", path: unknownPath, status, rule, milliseconds: 0 });
}
