/** Plays the device suite on both processors of the board. */

import { test } from "node:test";
import { heapBytesDefault } from "../hosts/board/open-board.js";
import type { Processor } from "../hosts/board/processor.js";
import { V8Processor } from "../hosts/board/v8-processor.js";
import { XsProcessor } from "../hosts/board/xs/xs-processor.js";
import { playDeviceSuite } from "./board/device-suite.js";

const processors: Readonly<Record<string, () => Processor>> = {
	XS: () => new XsProcessor({ heapBytes: heapBytesDefault }),
	V8: () => new V8Processor(),
};

for (const [name, makeProcessor] of Object.entries(processors)) {
	test("the device suite holds on " + name, (context) => playDeviceSuite(context, makeProcessor()));
}
