/** That the engine which was built runs on this machine. */

import type { Value } from "../processor.js";
import { XsProcessor } from "./xs-processor.js";

const source = "export default (call) => () => call('sum', [1, 2, 3].reduce((a, b) => a + b));";

/** @throws {Error} when a small program doesn't give what it must. */
export async function prove(): Promise<void> {
	const heard: Value[] = [];
	const processor = new XsProcessor({ heapBytes: 16 * 1024 });
	const image = {
		...{ platform: "board", version: "0.0.0.0", built: "1970-01-01T00:00:00Z", digest: "prove" },
		modules: [{ name: "prove.js", source }],
	};
	await processor.start(image, (operation, values) => {
		heard.push(operation, ...values);
		return undefined;
	});
	await processor.deliver("go", []);
	processor.stop();
	if (heard.join() !== "sum,6") throw new Error("it computes " + heard.join());
}
