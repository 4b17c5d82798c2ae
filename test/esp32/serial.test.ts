/** The ESP32's serial port keeps its contract over the SDK's Serial with the SDK's own rules. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host, Serial } from "../../src/host.js";
import { play } from "../contract/row.js";
import { serialRows } from "../contract/serial.js";
import { systemOf } from "./chip.js";

const { ChipSerial } = await import("../../hosts/esp32/serial.js");
const { line, Uart } = await import("./sdk/serial.js");
const { machine } = await import("./sdk/machine.js");
const { default: Timer } = await import("./sdk/timer.js");

const receiverBytes = 4096;
const fifoBytes = 128;
const pieceBytes = 64;
/** At 115,200 baud, 8N1. */
const millisecondsPerByte = 10 / 115.2;

interface Bench {
	readonly serial: Serial;
	readonly uart: InstanceType<typeof Uart>;
	/** What the program has been told, and has read. */
	readonly events: string[];
	readonly faults: unknown[];
	/** Whether the program reads what it is told of, 64 bytes at a time as the console does. */
	isReading: boolean;
}

function openBench(): Bench {
	const uart = (line.uart = new Uart());
	const events: string[] = [];
	const faults: unknown[] = [];
	const system = systemOf(faults);
	const chip = { isDebug: () => false, takeOverrun: () => uart.takeOverrun() };
	const serial: Serial = new ChipSerial({
		...{ system, chip, baud: 115_200 },
		onReadable: () => {
			if (bench.isReading) readAll(bench);
		},
		onWritable: () => undefined,
		onOverrun: () => void events.push("[gap]"),
	});
	const bench: Bench = { serial, uart, events, faults, isReading: true };
	return bench;
}

function readAll({ serial, events }: Bench): void {
	for (let bytes = serial.read(64); bytes !== undefined; bytes = serial.read(64)) {
		events.push(Buffer.from(bytes).toString("latin1"));
	}
}

async function type({ uart }: Bench, text: string): Promise<void> {
	uart.type(Buffer.from(text, "latin1"));
	await machine.clock.run(1);
}

for (const row of serialRows) {
	test("the ESP32's serial port: " + row.name, async () => {
		const uart = (line.uart = new Uart());
		const faults: unknown[] = [];
		const chip = { isDebug: () => false, takeOverrun: () => uart.takeOverrun() };
		const host = {
			serial: { io: ChipSerial, system: systemOf(faults), chip },
			timer: {
				set: (callback: () => void, milliseconds: number) => Timer.set(callback, milliseconds),
				clear: (id: unknown) => Timer.clear(id as InstanceType<typeof Timer>),
			},
		} as unknown as Host;
		const heard = async (byteLength: number): Promise<Uint8Array> => {
			await machine.clock.runUntil(() => uart.sent.length >= byteLength);
			return Uint8Array.from(uart.sent.slice(0, byteLength));
		};
		/** At the line's rate: nothing overruns while the machine is idle. */
		const typeLine = async (bytes: Uint8Array): Promise<void> => {
			for (let start = 0; start < bytes.length; start += pieceBytes) {
				const piece = bytes.subarray(start, start + pieceBytes);
				machine.clock.after(start * millisecondsPerByte, () => uart.type(piece));
			}
		};
		let outcome = "";
		void play(row, false, host, { line: { type: typeLine, heard } }).then(
			({ kind, why }) => (outcome = kind + why),
		);
		await machine.clock.runUntil(() => outcome !== "");
		assert.equal(outcome, "kept");
		assert.deepEqual(faults, []);
	});
}

test("each key is one byte, however many are asked for", async () => {
	const bench = openBench();
	for (const key of "version\r") await type(bench, key);
	assert.deepEqual(bench.events, [..."version\r"]);
});

test("a paste that nobody reads doesn't fill the machine's queue, and waits", async () => {
	const bench = openBench();
	bench.isReading = false;
	for (let count = 0; count < 32; count++) await type(bench, "x".repeat(fifoBytes));
	readAll(bench);
	assert.equal(bench.events.join("").length, receiverBytes);
	await machine.clock.run(10);
	assert.deepEqual(bench.faults, []);
});

test("more than it holds is a gap, told of at its place, once", async () => {
	const bench = openBench();
	bench.isReading = false;
	for (let count = 0; count < 33; count++) await type(bench, "x".repeat(fifoBytes));
	await type(bench, "lost, too");
	assert.deepEqual(bench.events, []);
	readAll(bench);
	await machine.clock.run(1);
	bench.isReading = true;
	await type(bench, "whole");
	assert.equal(bench.events.join(""), "x".repeat(receiverBytes) + "[gap]whole");
});

test("an overrun of the FIFO is a gap: what came around it is dropped", async () => {
	const bench = openBench();
	await type(bench, "before");
	await type(bench, "y".repeat(fifoBytes + 1));
	await type(bench, "whole");
	assert.equal(bench.events.join(""), "before[gap]whole");
});

test("what the program throws is its fault, and a closed port tells nothing any more", async () => {
	const bench = openBench();
	await type(bench, "y".repeat(fifoBytes + 1)); // Its gap is yet to be told of.
	bench.serial.close();
	await machine.clock.run(10);
	const { length } = bench.events;
	await type(bench, "more");
	assert.equal(bench.events.length, length);
	const faults: unknown[] = [];
	const thrown = new Error("of the program");
	const uart = (line.uart = new Uart());
	new ChipSerial({
		...{
			system: systemOf(faults),
			chip: { isDebug: () => true, takeOverrun: () => false },
			baud: 9600,
		},
		onReadable: () => {
			throw thrown;
		},
		onWritable: () => undefined,
	});
	uart.type([1]);
	await machine.clock.run(1);
	assert.deepEqual(faults, [thrown]);
});
