/**
 * Finds out that a worker hangs: it goes on having the connections that it took, and the database's
 * lock if it was at work, and nobody else would end it.
 */

/** As much of a worker as is looked at. */
export interface WatchedWorker {
	send(message: unknown, done: () => void): unknown;
	on(event: "message", listener: (message: unknown) => void): unknown;
	once(event: "exit", listener: () => void): unknown;
}

const ping = "are you there?";
const pong = "I am here";

/** Thirty seconds in all: a machine that is busy may let a process wait for some of them. */
const intervalMilliseconds = 5_000;
/** Counted, and not a time: after a machine has slept, everybody is asked anew. */
const unansweredMaximum = 6;

/** Calls `onHang` when the worker has not answered that often. */
export function watchWorker(worker: WatchedWorker, onHang: () => void): void {
	let unanswered = 0;
	const timer = setInterval(() => {
		if (unanswered++ === unansweredMaximum) onHang();
		worker.send(ping, () => undefined); // One that has ended says so by its exit.
	}, intervalMilliseconds);
	timer.unref();
	worker.on("message", (message) => {
		if (message === pong) unanswered = 0;
	});
	worker.once("exit", () => clearInterval(timer));
}

/** In the worker: answers who asks whether it is there. */
export function answerWatch(): void {
	process.on("message", (message) => {
		if (message === ping) process.send?.(pong);
	});
}
