/** Plays the device suite on a processor, without a board around it. */

import assert from "node:assert/strict";
import { type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../../hosts/board/build-image.js";
import { cryptoOperations } from "../../hosts/board/crypto.js";
import type { Processor } from "../../hosts/board/processor.js";
import { realRandom } from "../../hosts/board/random.js";
import { imageOf } from "./image.js";

const image = imageOf(
	buildProgram(fileURLToPath(new URL("../device/main.js", import.meta.url)), "1.0.0.0"),
);

/** Each case of the suite becomes a test of its own. */
export async function playDeviceSuite(context: TestContext, processor: Processor): Promise<void> {
	const results: [name: string, error: string | undefined][] = [];
	const operations = cryptoOperations(realRandom);
	await processor.start(image, (operation, values) => {
		if (operation !== "test.end") return operations[operation]?.(...values);
		const [caseName, error] = values;
		results.push([String(caseName), error === undefined ? undefined : String(error)]);
		return undefined;
	});
	await processor.deliver("run", []);
	processor.stop();
	assert.ok(results.length > 50, "all cases have reported");
	for (const [caseName, error] of results) {
		await context.test(caseName, () => assert.equal(error, undefined));
	}
}
