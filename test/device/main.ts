/**
 * The device suite: cases that hold on every engine. The board's processors run it; see
 * device.test.ts.
 */

import { BoardCrypto } from "../../hosts/board/device/crypto.js";
import type { Call, Receive } from "../../hosts/board/device/link.js";
import type { Bench, Cases } from "./check.js";
import { consoleCases } from "./console.js";
import { encodingCases } from "./encoding.js";
import { improvCases } from "./improv.js";
import { lifecycleCases } from "./lifecycle.js";
import { messagePackCases } from "./message-pack.js";
import { protocolCases } from "./protocol.js";
import { recordStoreCases } from "./record-store.js";
import { updateCases } from "./update.js";

const suites: readonly Cases[] = Object.freeze([
	encodingCases,
	messagePackCases,
	protocolCases,
	recordStoreCases,
	lifecycleCases,
	consoleCases,
	improvCases,
	updateCases,
]);

/** Runs all cases when the board sends its first message, and reports each. */
export default function start(call: Call): Receive {
	const bench: Bench = { crypto: new BoardCrypto(call) };
	return () => void runAll(call, bench);
}

async function runAll(call: Call, bench: Bench): Promise<void> {
	for (const cases of suites) {
		for (const [name, run] of Object.entries(cases)) {
			try {
				await run(bench);
				call("test.end", name, undefined);
			} catch (error) {
				call("test.end", name, String(error));
			}
		}
	}
}
