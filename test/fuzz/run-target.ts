/**
 * Fuzzes a target in a thread of its own, so that an input which hangs can be named by this one.
 * A finding ends with the line that replays it.
 */

import { Worker } from "node:worker_threads";
import type { Report } from "./fuzzer.js";

export interface Run {
	readonly target: string;
	readonly seed: number;
	readonly executions: number;
	/** Executes this input alone. */
	readonly input?: Uint8Array;
}

/** What the thread gets. `shared` holds the count of executions, the input's length, the input. */
export interface Errand extends Run {
	readonly shared: SharedArrayBuffer;
}

interface Broken {
	readonly broken: string;
	readonly input: Uint8Array;
}

/** What the thread answers. */
export type Answer = { readonly report: Report } | Broken;

/** An execution takes less than a millisecond, or on XS a few: after so many it hangs. */
const hangMilliseconds = 20_000;
export const inputOffset = 8;
const sharedLength = inputOffset + 0x10000;

export async function runTarget(run: Run): Promise<Report> {
	const shared = new SharedArrayBuffer(sharedLength);
	const errand: Errand = { ...run, shared };
	const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: errand });
	let watch: NodeJS.Timeout | undefined;
	try {
		const answer = await new Promise<Answer>((resolve, reject) => {
			worker.once("message", resolve);
			worker.once("error", reject);
			worker.once("exit", () => reject(new Error("the thread has ended")));
			watch = watchOver(shared, (input) => resolve({ broken: "it hangs", input }));
		});
		if ("report" in answer) return answer.report;
		throw new Error(answer.broken + "\n\n" + replayLine(run.target, answer.input));
	} finally {
		clearInterval(watch);
		await worker.terminate();
	}
}

/** The line that executes an input again. */
export function replayLine(target: string, input: Uint8Array): string {
	const hex = Buffer.from(input).toString("hex");
	return "npm run fuzz -- --target " + target + " --input '" + hex + "'";
}

/** Calls back with the input when the count of executions has stood still for too long. */
function watchOver(shared: SharedArrayBuffer, onHang: (input: Uint8Array) => void): NodeJS.Timeout {
	const numbers = new Int32Array(shared, 0, 2);
	let last = -1;
	return setInterval(() => {
		const count = Atomics.load(numbers, 0);
		if (count > 0 && count === last) {
			onHang(new Uint8Array(shared, inputOffset, Atomics.load(numbers, 1)).slice());
		}
		last = count;
	}, hangMilliseconds);
}
