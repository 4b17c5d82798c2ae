/** Runs a probe on the input of each message, and tells what became of it. */

import { BoardCrypto } from "../../../hosts/board/device/crypto.js";
import { bytesFrom, type Call, type Receive } from "../../../hosts/board/device/link.js";
import type { Bench } from "../../device/check.js";
import { probes } from "./probes.js";

export default function start(call: Call): Receive {
	const bench: Bench = { crypto: new BoardCrypto(call) };
	return (name, input) => void run(call, bench, name, bytesFrom(input));
}

async function run(call: Call, bench: Bench, name: string, input: Uint8Array): Promise<void> {
	try {
		call("fuzz.end", await probes[name]?.run(input, bench));
	} catch (error) {
		const stack = error instanceof Error ? error.stack : undefined;
		call("fuzz.end", undefined, stack ?? String(error));
	}
}
