/**
 * Several processes that answer at one port. The first opens it and has them take connections from
 * it by themselves: what a worker has not taken when it dies, another one does.
 */

import cluster, { type Address, type Worker } from "node:cluster";
import type { Log } from "../log.js";
import { RemoteError } from "../operator-error.js";
import { type Failure, failureOf } from "./failure.js";
import { answerWatch, watchWorker } from "./worker-watch.js";

export interface Workers {
	/** The port that they have, also when any free one was asked for. */
	readonly port: number;
	/** Lets each end as when it is asked alone. */
	close(): Promise<void>;
}

/** More is a slip of the keyboard. */
export const workersMaximum = 64;

/** Between two tries of a worker that doesn't come up, as while its database is away. */
const restartMilliseconds = 1_000;
/** Beyond the two seconds that requests under way get. */
const endMilliseconds = 15_000;

/** Starts this very command as often, and again whenever one ends; fails when one can't start. */
export async function startWorkers(count: number, log: Log): Promise<Workers> {
	cluster.schedulingPolicy = cluster.SCHED_NONE;
	const workers = new Set<Worker>();
	let isEnding = false;
	const add = (): Promise<number> => {
		const worker = cluster.fork();
		workers.add(worker);
		worker.once("exit", () => workers.delete(worker));
		return readyPort(worker).then((port) => {
			worker.once("exit", (code, signal) => replace(worker, signal ?? "code " + code));
			watchWorker(worker, () => {
				log({ kind: "fault", during: "worker " + worker.id, error: "it hangs, and is ended" });
				worker.process.kill("SIGKILL");
			});
			return port;
		});
	};
	const replace = (worker: Worker, how: string): void => {
		if (isEnding) return;
		const error = "it ended with " + how + ", and another one takes its place";
		log({ kind: "fault", during: "worker " + worker.id, error });
		tryAgain();
	};
	const tryAgain = (): void => {
		if (isEnding) return;
		add().catch((error: unknown) => {
			log({ kind: "fault", during: "starting a worker", error });
			setTimeout(tryAgain, restartMilliseconds);
		});
	};
	const close = async (): Promise<void> => {
		isEnding = true;
		await Promise.all([...workers].map(end));
	};
	try {
		const ports = await Promise.all(Array.from({ length: count }, add));
		return { port: ports[0] ?? 0, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** Whether this process is one of them. */
export function isWorker(): boolean {
	return cluster.isWorker;
}

/** Does what a worker does; why it fails the first process says. */
export async function asWorker(work: () => Promise<void>): Promise<void> {
	answerWatch();
	try {
		await work();
	} catch (error) {
		const { rule, message } = failureOf(error);
		const failure: Failure = { rule, message };
		await new Promise<unknown>((resolve) => process.send?.({ failure }, resolve));
	} finally {
		cluster.worker?.disconnect();
	}
}

function readyPort(worker: Worker): Promise<number> {
	return new Promise((resolve, reject) => {
		let failure: Failure = { rule: "fault", message: "A worker has ended before it was ready." };
		worker.on("message", (message: unknown) => (failure = failureIn(message) ?? failure));
		worker.once("listening", ({ port }: Address) => resolve(port));
		// Once all that it has sent is here; `exit` may come before.
		worker.once("disconnect", () => reject(new RemoteError(failure.rule, failure.message)));
	});
}

function failureIn(message: unknown): Failure | undefined {
	if (typeof message !== "object" || message === null || !("failure" in message)) return undefined;
	const { failure } = message;
	if (typeof failure !== "object" || failure === null) return undefined;
	if (!("rule" in failure) || !("message" in failure)) return undefined;
	return { rule: String(failure.rule), message: String(failure.message) };
}

async function end(worker: Worker): Promise<void> {
	if (worker.isDead()) return;
	const ended = new Promise((resolve) => worker.once("exit", resolve));
	worker.process.kill("SIGTERM");
	const timer = setTimeout(() => worker.process.kill("SIGKILL"), endMilliseconds);
	await ended;
	clearTimeout(timer);
}
