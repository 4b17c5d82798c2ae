#!/usr/bin/env node
/**
 * Not QEMU: a program that takes the same options and has the virtual board behind them, for the
 * test of `npm run chip`. It shows nothing of a chip.
 */

import { connect } from "node:net";
import { readFileSync } from "node:fs";
import { type Board } from "../../hosts/board/board.js";
import { openBoard } from "../../hosts/board/open-board.js";
import { FolderState } from "../../hosts/board/state.js";
import { nodeTransport } from "../../hosts/board/transport.js";

const words = process.argv.slice(2);

/** The image lies in its slot, and erased flash behind it. */
function imageIn(flash: Uint8Array): Uint8Array {
	const slot = flash.subarray(0x2_0000, 0x20_0000);
	let { length } = slot;
	while (slot[length - 1] === 0xff) length--;
	return slot.subarray(0, length);
}

function valueOf(option: string, start: string): string {
	const found = words.find((word, index) => words[index - 1] === option && word.startsWith(start));
	if (found === undefined) throw new Error("no " + option + " " + start);
	return found.slice(start.length);
}

function power(): void {
	const [, port] = valueOf("-serial", "tcp:").split(":");
	const [flash = ""] = valueOf("-drive", "file=").split(",");
	if (valueOf("-nic", "") !== "user,model=open_eth") throw new Error("another network");
	const socket = connect(Number(port), "127.0.0.1");
	const board: Board = openBoard({
		processor: "v8",
		state: new FolderState(flash + ".state"),
		image: imageIn(readFileSync(flash)),
		networks: [{ ssid: "ethernet", passkey: "", rssi: -40 }],
		transport: nodeTransport,
		onOutput: (bytes) => void socket.write(bytes),
	});
	socket.on("data", (bytes) => board.uart.input(bytes));
	socket.on("connect", () => board.powerOn());
	socket.on("close", () => process.exit(0));
}

if (words.join(" ") === "-machine help") console.log("esp32c3              the virtual board");
else power();
