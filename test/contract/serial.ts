/** Promises of the serial port. */

import { concatenate } from "../../src/encoding/bytes.js";
import type { Host, Serial } from "../../src/host.js";
import { equal, isTrue, thrown } from "../device/check.js";
import { EventLog, pause } from "./event-log.js";
import { pattern, sameBytes } from "./pattern.js";
import type { Row } from "./row.js";
import { offered } from "./surroundings.js";

const baud = 115_200;
/** More than a host keeps unread, and how long it is on the line. */
const pasteLength = 4500;
const pasteMilliseconds = 1000;
/** The ESP32's FIFO, the least that any keeps. */
const receiverLength = 128;

/** An open port whose callbacks are noted. */
export class Port {
	readonly events = new EventLog();
	readonly serial: Serial;
	/** What may be written now. */
	room = 0;
	received: Uint8Array = new Uint8Array(0);
	#isReading = true;

	constructor(host: Host) {
		const { events } = this;
		const options = {
			...host.serial,
			baud,
			onReadable: (byteLength: number) =>
				events.called("readable", () => {
					isTrue(byteLength > 0, "there is something to read");
					if (this.#isReading) this.read();
				}),
			onOverrun: () => events.called("overrun"),
			onWritable: (byteLength: number) =>
				events.called("writable", () => {
					isTrue(byteLength > 0, "there is room");
					this.room = byteLength;
				}),
		};
		this.serial = events.calling(() => new host.serial.io(options));
	}

	/** Reads only when asked, from now on. */
	stopReading(): void {
		this.#isReading = false;
	}

	read(): void {
		const bytes = this.events.calling(() => this.serial.read());
		if (bytes !== undefined) this.received = concatenate(this.received, new Uint8Array(bytes));
	}

	/** Writes all of `bytes` as there is room. */
	async write(bytes: Uint8Array): Promise<void> {
		for (let offset = 0; offset < bytes.length;) {
			await this.events.until(() => this.room > 0);
			const part = bytes.subarray(offset, offset + this.room);
			this.room -= part.length;
			this.events.calling(() => this.serial.write(part));
			offset += part.length;
		}
	}

	close(): void {
		this.events.calling(() => this.serial.close());
	}
}

export const serialRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "an open port says first that there is room, and not from inside its construction",
		run: async (host) => {
			const port = new Port(host);
			await port.events.until(() => port.events.entries.length > 0);
			equal(port.events.entries[0], "writable");
			port.close();
		},
	},
	{
		name: "what is written is heard: every byte, in order, whatever its length",
		run: async (host, { line }) => {
			const { heard } = offered(line);
			const port = new Port(host);
			await port.write(pattern(1000));
			sameBytes(await heard(1000), pattern(1000));
			port.close();
		},
	},
	{
		name: "what there isn't room for is refused whole, and nothing of it is sent",
		run: async (host, { line }) => {
			const { heard } = offered(line);
			const port = new Port(host);
			await port.events.until(() => port.room > 0);
			const tooLong = new Uint8Array(port.room + 1).fill(0x78);
			thrown(() => port.events.calling(() => port.serial.write(tooLong)));
			await port.write(pattern(4));
			sameBytes(await heard(4), pattern(4));
			port.close();
		},
	},
	{
		name: "after a write there is room again",
		run: async (host) => {
			const port = new Port(host);
			for (let round = 0; round < 4; round++) {
				await port.events.until(() => port.room > 0);
				await port.write(pattern(port.room));
			}
			await port.events.until(() => port.room > 0);
			port.close();
		},
	},
	{
		name: "what is typed is read: every byte, in order",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const port = new Port(host);
			await port.events.until(() => port.room > 0);
			const sent = pattern(256);
			for (let round = 0; round < 4; round++) {
				await type(sent.subarray(64 * round, 64 * (round + 1)));
				await port.events.until(() => port.received.length >= 64 * (round + 1));
			}
			sameBytes(port.received, sent);
			port.close();
		},
	},
	{
		name: "bytes wait until they are read, and reading when there are none gives undefined",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const port = new Port(host);
			port.stopReading();
			equal(port.serial.read(), undefined, "before");
			await type(pattern(10));
			await port.events.until(() => port.events.entries.includes("readable"));
			while (port.received.length < 10) {
				port.read();
				await pause(host, 1);
			}
			sameBytes(port.received, pattern(10));
			equal(port.serial.read(), undefined, "after");
			port.close();
		},
	},
	{
		name: "of what waits, a part can be read, and then the rest",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const port = new Port(host);
			port.stopReading();
			await type(pattern(10));
			await pause(host);
			const parts = [port.serial.read(3), port.serial.read(100)];
			sameBytes(new Uint8Array(parts[0] ?? new ArrayBuffer(0)), pattern(3));
			sameBytes(new Uint8Array(parts[1] ?? new ArrayBuffer(0)), pattern(10).slice(3));
			equal(port.serial.read(1), undefined, "after");
			port.close();
		},
	},
	{
		name: "where bytes were lost is said, once and when all before it has been read",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const port = new Port(host);
			port.stopReading();
			const sent = pattern(pasteLength);
			await type(sent);
			await pause(host, pasteMilliseconds);
			isTrue(!port.events.entries.includes("overrun"), "not before");
			port.read();
			const { length } = port.received;
			isTrue(length >= receiverLength, "kept: " + length);
			sameBytes(port.received, sent.subarray(0, length));
			if (length < pasteLength) {
				await port.events.until(() => port.events.entries.includes("overrun"));
			}
			await type(pattern(4));
			await pause(host);
			port.read();
			sameBytes(port.received.slice(-4), pattern(4));
			const overruns = port.events.entries.filter((entry) => entry === "overrun").length;
			equal(overruns, length < pasteLength ? 1 : 0);
			port.close();
		},
	},
	{
		name: "a port that is closed calls nobody any more",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const port = new Port(host);
			port.close();
			await type(pattern(4));
			await pause(host);
			equal(port.events.entries, []);
			port.events.check();
		},
	},
	{
		name: "a callback can close the port, and no other comes after it",
		run: async (host, { line }) => {
			const { type } = offered(line);
			const port = new Port(host);
			await port.events.until(() => port.room > 0);
			await type(pattern(4));
			await port.events.until(() => port.received.length > 0);
			port.close();
			const { length } = port.events.entries;
			await type(pattern(4));
			await pause(host);
			equal(port.events.entries.length, length);
		},
	},
]);
