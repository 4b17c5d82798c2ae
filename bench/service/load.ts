/** Many clients at once, each with its next request when the last one was answered. */

import { setTimeout as delay } from "node:timers/promises";
import { askOnce, openConnection } from "../../test/dms/quick-client.js";
import type { ServerProcess } from "./server-process.js";

export interface Load {
	/** Of the server's processor, for each request. */
	readonly microseconds: number;
	readonly perSecond: number;
}

export interface LoadOptions {
	readonly requests: readonly Buffer[];
	readonly clients: number;
	/** A connection for each request, as a device has. Default: one for each client. */
	readonly isFresh?: boolean;
	/** The status that every answer must have, or one of those. */
	readonly status: number | readonly number[];
	/** Requests a second. Default: as many as there are answers. */
	readonly pace?: number;
}

export async function load(server: ServerProcess, options: LoadOptions): Promise<Load> {
	const { requests, clients, isFresh = false, status, pace = Infinity } = options;
	const begun = await server.meter();
	const start = performance.now();
	let next = 0;
	const check = (answered: number) => {
		if ([status].flat().includes(answered)) return;
		throw new Error("answered " + answered + ", not " + [status].flat().join(" or "));
	};
	const client = async (): Promise<void> => {
		const connection = isFresh ? undefined : await openConnection(server.port);
		for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
			const early = start + (next * 1000) / pace - performance.now();
			if (early > 0) await delay(early);
			check(await (connection ? connection.ask(request) : askOnce(server.port, request)));
		}
		connection?.close();
	};
	await Promise.all(Array.from({ length: clients }, client));
	const seconds = (performance.now() - start) / 1000;
	const { microseconds } = await server.meter();
	return {
		microseconds: (microseconds - begun.microseconds) / requests.length,
		perSecond: requests.length / seconds,
	};
}
