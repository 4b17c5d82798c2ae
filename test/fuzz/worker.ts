/** The thread in which a target is fuzzed; see run-target.ts. */

import { parentPort, workerData } from "node:worker_threads";
import { Finding, fuzz, type Target } from "./fuzzer.js";
import { type Answer, type Errand, inputOffset } from "./run-target.js";
import { openTarget } from "./open-target.js";

const { target: name, seed, executions, input, shared } = workerData as Errand;
const numbers = new Int32Array(shared, 0, 2);
const bytes = new Uint8Array(shared, inputOffset);

function onInput(next: Uint8Array): void {
	bytes.set(next);
	Atomics.store(numbers, 1, next.length);
	Atomics.add(numbers, 0, 1);
}

async function run(target: Target): Promise<Answer> {
	try {
		const given = input === undefined ? target : { ...target, corpus: [input] };
		const count = input === undefined ? executions : 1;
		return { report: await fuzz(given, { seed, executions: count, onInput }) };
	} catch (error) {
		if (error instanceof Finding) return { broken: error.message, input: error.input };
		throw error;
	} finally {
		await target.close?.();
	}
}

parentPort?.postMessage(await run(await openTarget(name)));
