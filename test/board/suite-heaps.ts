/** The device suite in heaps of many sizes: it is right, or ends with the memory full. */

import assert from "node:assert/strict";
import { MachineFault } from "../../hosts/board/processor.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { runDeviceSuite } from "./device-suite.js";

/** More than enough. */
export const sufficientBytes = 40 * 1024;

export type End = "right" | "memory full";

/** From nothing on, each `stepBytes`: the sizes are as odd as the step. */
export function* heapSizes(stepBytes: number): Generator<number> {
	for (let bytes = 0; bytes < sufficientBytes; bytes += stepBytes) yield bytes;
}

/** Throws where the suite is neither right nor out of memory. */
export async function playSuite(heapBytes: number): Promise<End> {
	const processor = new XsProcessor({ heapBytes });
	const { results, error } = await runDeviceSuite(processor);
	processor.stop();
	for (const [name, problem] of results) {
		assert.equal(problem, undefined, name + " in " + heapBytes + " bytes");
	}
	if (error === undefined) return "right";
	assert.ok(error instanceof MachineFault, heapBytes + " bytes: " + String(error));
	assert.equal(error.fault.reason, "memory full", heapBytes + " bytes");
	return "memory full";
}
