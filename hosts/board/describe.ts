/** What a program's console can do, from a fresh board that nobody else sees. */

import { VirtualClock } from "./clock.js";
import { openBoard, type ProcessorKind } from "./open-board.js";
import { MemoryState } from "./state.js";

/** A command's reply in machine format: digit, length, CR LF. */
const header = /R0(\d{5})\r\n/;

/** The JSON of `describe`, as the console prints it. */
export async function describe(image: Uint8Array, processor: ProcessorKind): Promise<string> {
	const clock = new VirtualClock();
	let said = Buffer.alloc(0);
	const board = openBoard({
		state: new MemoryState(),
		image,
		processor,
		networks: [],
		clock,
		panic: "halt",
		onOutput: (bytes) => (said = Buffer.concat([said, bytes])),
	});
	const until = (isDone: () => boolean): Promise<void> =>
		clock.runUntil(() => isDone() || !board.isOn);
	board.powerOn();
	await until(() => said.toString("latin1").includes("[Ready]\r\n"));
	board.uart.input(Buffer.from("set system.cmd.format machine\r\n"));
	await until(() => said.toString("latin1").includes("Set OK\r\n"));
	said = Buffer.alloc(0);
	board.uart.input(Buffer.from("describe\r\n"));
	await until(() => payloadOf(said) !== undefined);
	await board.powerOff();
	const payload = payloadOf(said);
	if (payload === undefined) {
		const { reason = "it gives no reason", message = "" } = board.faults.at(-1) ?? {};
		throw new Error("the program does not describe itself: " + reason + ": " + message);
	}
	return payload.toString().trimEnd();
}

function payloadOf(said: Buffer): Buffer | undefined {
	const match = header.exec(said.toString("latin1"));
	if (match === null) return undefined;
	const start = match.index + match[0].length;
	const end = start + Number(match[1]);
	return end <= said.length ? said.subarray(start, end) : undefined;
}
