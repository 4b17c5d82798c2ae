/** Plays one row of the contract on the simulator; see contract.test.ts. */

import { File } from "file";
import { simulatorHost } from "../../../hosts/lin/host.js";
import { utf8Decode } from "../../../src/encoding/utf8.js";
import type { Assignment } from "../../contract/assignment.js";
import { remoteSurroundings } from "../../contract/remote.js";
import { play } from "../../contract/row.js";
import { tables } from "../../contract/tables.js";
import { Channel } from "./channel.js";

interface Answer {
	readonly id: number;
	readonly answer: unknown;
}

/** What comes over the channel: first the assignment, then answers. */
type Message = { readonly assignment: Assignment } | Answer;

export default function start(): void {
	const file = new File("./channel");
	const port = new Uint8Array(file.read(ArrayBuffer));
	file.close();
	const waiting = new Map<number, (answer: unknown) => void>();
	let last = 0;
	const channel = new Channel(Number(utf8Decode(port, 0, port.length)), (value) => {
		const message = value as Message;
		if ("assignment" in message) void playRow(message.assignment);
		else waiting.get(message.id)?.(message.answer);
	});

	async function playRow({ port: name, row: index, isAfterReset, offers }: Assignment) {
		const row = tables[name][index];
		if (row === undefined) throw new Error("no such row");
		const around = remoteSurroundings(offers, (question) => {
			const id = ++last;
			channel.send({ id, question });
			return new Promise((resolve) => void waiting.set(id, resolve));
		});
		channel.send(await play(row, isAfterReset, simulatorHost(), around));
	}
}
