/** Plays the device suite on both processors of the board. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../hosts/board/build-image.js";
import { cryptoOperations } from "../hosts/board/crypto.js";
import { compiledBits, heapBytesDefault } from "../hosts/board/open-board.js";
import type { Processor } from "../hosts/board/processor.js";
import { realRandom } from "../hosts/board/random.js";
import { V8Processor } from "../hosts/board/v8-processor.js";
import { processorPath } from "../hosts/board/xs/build.js";
import { XsProcessor } from "../hosts/board/xs-processor.js";
import { imageOf } from "./board/image.js";

const image = imageOf(
	buildProgram(fileURLToPath(new URL("device/main.js", import.meta.url)), "1.0.0.0"),
);

const processors: Readonly<Record<string, () => Processor>> = {
	XS: () => new XsProcessor({ path: processorPath(compiledBits()), heapBytes: heapBytesDefault }),
	V8: () => new V8Processor(),
};

for (const [name, makeProcessor] of Object.entries(processors)) {
	test("the device suite holds on " + name, async (context) => {
		const results: [name: string, error: string | undefined][] = [];
		const processor = makeProcessor();
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
	});
}
