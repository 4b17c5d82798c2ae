/** The one TCP port on which the service is reached: TLS for devices, plain HTTP for hello. */

import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Server } from "node:net";
import type { Service } from "../service.js";
import { createPlain, createSecure, tlsOptionsOf } from "./http-servers.js";
import { type Limits, limitsDefault } from "./limits.js";
import { connectionsWithin } from "./open-files.js";
import { scrubImages } from "./image-scrubber.js";
import { createProtocolDetector } from "./protocol-detection.js";
import { createRefusedConnections } from "./refused-connections.js";

export interface ListenerOptions {
	/** The IP address to listen on. */
	readonly host: string;
	/** 0 for any free port. */
	readonly port: number;
	readonly limits?: Partial<Limits> | undefined;
}

export interface Listener {
	readonly host: string;
	readonly port: number;
	/** Takes no more connections, gives requests under way a moment to end, and cuts the rest. */
	close(): Promise<void>;
}

/** Begins to answer for the service. Whoever closes the listener closes the service after it. */
export async function listen(service: Service, options: ListenerOptions): Promise<Listener> {
	const wanted = { ...limitsDefault, ...options.limits };
	const connectionsMaximum = connectionsWithin(wanted.connectionsMaximum);
	const limits = { ...wanted, connectionsMaximum };
	const pending = createPending();
	const plain = createPlain(service, limits, pending.add);
	const secure = await createSecure(service, limits, pending.add);
	const detector = createProtocolDetector(
		plain,
		secure,
		limits,
		createRefusedConnections(service.log),
	);
	const closeServers = () => {
		plain.close();
		secure.close();
	};
	try {
		const { host, port } = options;
		detector.server.listen({ host, port, backlog: backlogLength });
		await once(detector.server, "listening");
	} catch (error) {
		closeServers();
		throw error;
	}
	// Such as no file descriptor left for a connection: the next one may find one.
	detector.server.on("error", (error) => {
		service.log({ kind: "fault", during: "taking a connection", error });
	});
	const stopRenewal = await renewDaily(service, secure, limits);
	const stopFlushing = flushOften(service, limits);
	const stopPruning = pruneOften(service, limits);
	const stopPatrol = scrubImages(service);
	return {
		host: options.host,
		port: portOf(detector.server),
		async close() {
			stopRenewal();
			stopFlushing();
			stopPatrol();
			await stopPruning();
			const closed = once(detector.server, "close");
			detector.server.close();
			await pending.end(limits.graceMilliseconds);
			detector.cut();
			closeServers();
			await closed;
		},
	};
}

/** What a burst may leave to the kernel; it takes no more than its own limit. */
const backlogLength = 4_096;

interface Pending {
	add(response: ServerResponse): void;
	/** Resolves when no answer is under way any more, or time is up. */
	end(milliseconds: number): Promise<void>;
}

function createPending(): Pending {
	const responses = new Set<ServerResponse>();
	let onEmpty = () => {};
	return {
		add(response) {
			responses.add(response);
			response.once("close", () => {
				responses.delete(response);
				if (responses.size === 0) onEmpty();
			});
		},
		end(milliseconds) {
			if (responses.size === 0) return Promise.resolve();
			return new Promise((resolve) => {
				const timer = setTimeout(resolve, milliseconds);
				onEmpty = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		},
	};
}

/** A service that runs for a year must not end with its certificate. */
async function renewDaily(
	service: Service,
	secure: SecureServer,
	limits: Limits,
): Promise<() => void> {
	let { cert } = await tlsOptionsOf(service, limits);
	const renew = async (): Promise<void> => {
		const { problem } = service.certificates.show();
		if (problem !== undefined) throw new Error(problem);
		const options = await tlsOptionsOf(service, limits);
		if (options.cert === cert) return;
		secure.setSecureContext(options);
		({ cert } = options);
	};
	const timer = setInterval(() => {
		renew().catch((error: unknown) => {
			service.log({ kind: "fault", during: "renewal of the server's certificate", error });
		});
	}, limits.renewalMilliseconds);
	timer.unref();
	return () => clearInterval(timer);
}

/** What is noted in memory is written soon, also when nobody asks any more. */
function flushOften(service: Service, limits: Limits): () => void {
	const timer = setInterval(() => {
		service.flush().catch((error: unknown) => {
			service.log({ kind: "fault", during: "writing what was noted", error });
		});
	}, limits.flushMilliseconds);
	timer.unref();
	return () => clearInterval(timer);
}

/** Of ten milliseconds, pruning takes one. */
const restFactor = 9;

/** What nobody needs any more is taken away in steps, with a rest behind each. */
function pruneOften({ pruning, log }: Service, limits: Limits): () => Promise<void> {
	let isStopped = false;
	let running = Promise.resolve();
	const rest = async (milliseconds: number): Promise<boolean> => {
		await new Promise((resolve) => setTimeout(resolve, milliseconds * restFactor));
		return !isStopped;
	};
	const round = async (): Promise<void> => {
		try {
			if (await pruning.begin()) await pruning.run(rest);
		} catch (error) {
			log({ kind: "fault", during: "pruning", error });
		}
	};
	let isRunning = false;
	const timer = setInterval(() => {
		if (isRunning) return;
		isRunning = true;
		running = round().finally(() => (isRunning = false));
	}, limits.pruneMilliseconds);
	timer.unref();
	return () => {
		isStopped = true;
		clearInterval(timer);
		return running;
	};
}

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("not listening on TCP");
	return address.port;
}
