/** Plays the device suite on a processor, without a board around it. */

import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../../hosts/board/build-image.js";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import type { Processor } from "../../hosts/board/processor.js";
import { realRandom } from "../../hosts/board/random.js";
import { imageOf } from "./image.js";

const image = imageOf(
	buildProgram(fileURLToPath(new URL("../device/main.js", import.meta.url)), "1.0.0.0"),
);

export interface SuiteRun {
	/** Of each case that has ended: what was wrong, if anything was. */
	readonly results: readonly (readonly [name: string, problem: string | undefined])[];
	/** Why the processor ended before the suite did. */
	readonly error?: unknown;
}

export async function runDeviceSuite(processor: Processor): Promise<SuiteRun> {
	const results: [name: string, problem: string | undefined][] = [];
	const operations = cryptoOperations(realRandom);
	try {
		await processor.start(image, (operation, values) => {
			if (operation !== "test.end") return operations[operation]?.(...values);
			const [name, problem] = values;
			results.push([String(name), problem === undefined ? undefined : String(problem)]);
			return undefined;
		});
		await processor.deliver("run", []);
	} catch (error) {
		return { results, error };
	}
	return { results };
}

/** Each case of the suite becomes a test of its own. */
export async function playDeviceSuite(context: TestContext, processor: Processor): Promise<void> {
	const { results, error } = await runDeviceSuite(processor);
	processor.stop();
	assert.equal(error, undefined);
	assert.ok(results.length > 50, "all cases have reported");
	for (const [name, problem] of results) {
		await context.test(name, () => assert.equal(problem, undefined));
	}
}
