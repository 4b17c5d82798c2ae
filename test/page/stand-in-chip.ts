/**
 * A stand-in for an ESP32-C3 at a cable: what its ROM's loader and esptool's stub answer to a
 * flasher, and the lines that reset it. Written from what the flasher sends; no chip was asked.
 */

import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import type { FarEnd, Signals } from "./virtual-cable.js";

const Command = Object.freeze({
	FlashBegin: 0x02,
	MemoryEnd: 0x06,
	Sync: 0x08,
	ReadRegister: 0x0a,
	DeflatedBegin: 0x10,
	DeflatedData: 0x11,
	FlashDigest: 0x13,
	SecurityInfo: 0x14,
});

/** `esp_chip_id_t` of an ESP32-C3. */
const chipId = 5;
/** Where the SPI controller has what the flash chip has answered: its maker and size, 4 MB. */
const answerRegister = 0x60002058;
const flashAnswer = 0x1640ef;
const flashLength = 4 * 2 ** 20;
const sectorLength = 4096;
/** What the ROM answers each Sync with, and how often; the stub says 0. */
const romValue = 0x20120707;
const syncAnswers = 8;
const end = 0xc0;
const escape = 0xdb;

export class StandInChip implements FarEnd {
	readonly flash = Buffer.alloc(flashLength, 0xff);
	/** Sectors that were written. */
	readonly written = new Set<number>();
	/** Blocks of compressed data that have come. */
	blocks = 0;
	/** Hears each such block. */
	onBlock: () => void = () => undefined;
	#state: "reset" | "loader" | "running" = "running";
	#lines: Required<Signals> = { dataTerminalReady: false, requestToSend: false };
	#packet: number[] | undefined;
	#isEscaped = false;
	#isStub = false;
	#writing = { address: 0, blocks: 0, data: [] as Buffer[] };
	readonly #say: (bytes: Uint8Array) => void;
	readonly #program: { start(): void; stop(): void; input(bytes: Uint8Array): void };

	/** `program` is what runs when the chip is reset and not asked for its loader. */
	constructor(
		say: (bytes: Uint8Array) => void,
		program: { start(): void; stop(): void; input(bytes: Uint8Array): void },
	) {
		this.#say = say;
		this.#program = program;
	}

	/** As boards have it: two transistors, so that both lines together do nothing. */
	signals(changed: Signals): void {
		this.#lines = { ...this.#lines, ...changed };
		const { dataTerminalReady, requestToSend } = this.#lines;
		if (requestToSend && !dataTerminalReady) {
			if (this.#state === "running") this.#program.stop();
			this.#state = "reset";
		} else if (this.#state === "reset") {
			this.#isStub = false;
			this.#packet = undefined;
			this.#state = dataTerminalReady ? "loader" : "running";
			if (this.#state === "running") this.#program.start();
		}
	}

	input(bytes: Uint8Array): void {
		if (this.#state === "running") return this.#program.input(bytes);
		if (this.#state === "loader") for (const byte of bytes) this.#take(byte);
	}

	/** SLIP, RFC 1055. */
	#take(byte: number): void {
		if (byte === end) {
			const packet = this.#packet ?? [];
			this.#packet = packet.length > 0 ? undefined : [];
			if (packet.length >= 8) this.#run(Buffer.from(packet));
		} else if (byte === escape) this.#isEscaped = true;
		else {
			const plain = this.#isEscaped ? (byte === 0xdc ? end : escape) : byte;
			this.#isEscaped = false;
			this.#packet?.push(plain);
		}
	}

	#run(packet: Buffer): void {
		const command = packet.readUInt8(1);
		const body = packet.subarray(8);
		const number = (index: number): number =>
			body.length >= 4 * index + 4 ? body.readUInt32LE(4 * index) : 0;
		switch (command) {
			case Command.Sync:
				for (let count = 0; count < syncAnswers; count++) this.#answer(command, romValue);
				return;
			case Command.SecurityInfo: {
				const info = Buffer.alloc(20);
				info.writeUInt32LE(chipId, 12);
				return this.#answer(command, 0, info);
			}
			case Command.ReadRegister:
				return this.#answer(command, number(0) === answerRegister ? flashAnswer : 0);
			case Command.MemoryEnd:
				this.#answer(command, 0);
				this.#isStub = true;
				return this.#say(slip(Buffer.from("OHAI")));
			case Command.DeflatedBegin:
				this.#writing = { address: number(3), blocks: number(1), data: [] };
				return this.#answer(command, 0);
			case Command.DeflatedData:
				return this.#answer(command, 0, undefined, this.#write(body, packet.readUInt32LE(4)));
			case Command.FlashDigest: {
				const bytes = this.flash.subarray(number(0), number(0) + number(1));
				return this.#answer(command, 0, createHash("md5").update(bytes).digest());
			}
			default:
				return this.#answer(command, 0);
		}
	}

	/** The error, 0 for none. */
	#write(body: Buffer, checksum: number): number {
		const data = body.subarray(16);
		if (data.reduce((sum, byte) => sum ^ byte, 0xef) !== checksum) return 7;
		if (!this.#isStub) return 6;
		const { address, blocks } = this.#writing;
		this.#writing.data.push(Buffer.from(data));
		this.blocks++;
		this.onBlock();
		if (this.#writing.data.length < blocks) return 0;
		const bytes = inflateSync(Buffer.concat(this.#writing.data));
		for (let at = address; at < address + bytes.length; at += sectorLength) {
			this.written.add(Math.floor(at / sectorLength));
			this.flash.fill(0xff, at, at + sectorLength);
		}
		bytes.copy(this.flash, address);
		return 0;
	}

	#answer(command: number, value: number, data = Buffer.alloc(0), error = 0): void {
		const head = Buffer.alloc(8);
		head.writeUInt8(1, 0);
		head.writeUInt8(command, 1);
		head.writeUInt16LE(data.length + 2, 2);
		head.writeUInt32LE(value, 4);
		const status = Buffer.from([error === 0 ? 0 : 1, error]);
		this.#say(slip(Buffer.concat([head, data, status])));
	}
}

function slip(packet: Buffer): Uint8Array {
	const bytes = [...packet].flatMap((byte) =>
		byte === end ? [escape, 0xdc] : byte === escape ? [escape, 0xdd] : [byte],
	);
	return Uint8Array.from([end, ...bytes, end]);
}
