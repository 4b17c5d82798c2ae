/** A fleet that comes back at once: each device asks once and tries three times more. */

import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { openConnection } from "./quick-client.js";

export interface Storm {
	readonly served: number;
	readonly gaveUp: number;
	/** Tries that were refused, broke or took too long. */
	readonly failedTries: number;
	/** Answers in each second of it. */
	readonly perSecond: readonly number[];
	/** The place in which each client, by its place in line, was served. */
	readonly order: readonly number[];
}

const triesMaximum = 4;
/** What a client waits for an answer, where nothing else is said. */
const patienceDefaultMilliseconds = 15_000;

/** All devices are in this process: between so many new connections it listens to the others. */
const connectionsATurn = 20;

/** Each client asks from an address of its own of this machine's 127.0.0.0/8. */
export async function storm(
	port: number,
	requests: readonly Buffer[],
	patience = patienceDefaultMilliseconds,
): Promise<Storm> {
	const start = performance.now();
	const perSecond: number[] = [];
	const order: number[] = [];
	let failedTries = 0;
	const takeTurn = createTurns();
	const client = async (request: Buffer, index: number): Promise<boolean> => {
		for (let count = 0; count < triesMaximum; count++) {
			if (count > 0) await delay(Math.random() * 1_000 * 2 ** (count - 1));
			await takeTurn();
			try {
				await ask(port, request, addressOf(index), AbortSignal.timeout(patience));
				order.push(index);
				const second = Math.floor((performance.now() - start) / 1_000);
				perSecond[second] = (perSecond[second] ?? 0) + 1;
				return true;
			} catch {
				failedTries++;
			}
		}
		return false;
	};
	const served = (await Promise.all(requests.map(client))).filter((one) => one).length;
	const gaveUp = requests.length - served;
	return {
		served,
		gaveUp,
		failedTries,
		perSecond: Array.from(perSecond, (one) => one ?? 0),
		order,
	};
}

function createTurns(): () => Promise<void> {
	let last = Promise.resolve();
	let count = 0;
	return () => {
		if (count++ % connectionsATurn === 0) last = last.then(() => turn());
		return last;
	};
}

async function ask(
	port: number,
	request: Buffer,
	localAddress: string,
	signal: AbortSignal,
): Promise<void> {
	const connection = await openConnection(port, { localAddress, signal });
	try {
		const status = await connection.ask(request);
		if (status !== 200) throw new Error("answered " + status);
	} finally {
		connection.close();
	}
}

/** 127.1.0.1 and on. */
function addressOf(index: number): string {
	return ["127", 1 + (index >> 16), (index >> 8) & 0xff, 1 + (index & 0xfe)].join(".");
}
