/**
 * The XS program as a WebAssembly instance: its memory is what the chip's processor sees as RAM and
 * flash. What it exports and imports: program/wasm.c.
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Value } from "../processor.js";
import { root } from "../root.js";
import { decodeValues } from "./values.js";

export const modulePath: string = join(root, "build", "xs", "xs.wasm");

const pageBytes = 65536;
/** Of what the memory holds, pieces of this size that are all zero are not kept. */
const pieceBytes = 4096;
/** So large a heap is had without the memory growing, so that the instance can be used again. */
const spareBytes = 512 * 1024;

interface Exports {
	readonly memory: WebAssembly.Memory;
	readonly __stack_pointer: WebAssembly.Global;
	room(size: number): number;
	load(size: number, spare: number): void;
	start(heapBytes: number, stackSlots: number, keys: number, steps: number): void;
	deliver(size: number, steps: number): void;
	collect(): void;
	meters(): number;
	survey(): number;
}

/** The machine has ended by itself: XS's name of the reason, and what an exception said. */
export class Halt extends Error {
	readonly reason: string;

	constructor(reason: string, message: string) {
		super(message);
		this.reason = reason;
	}
}

/** A memory, without what is zero in it. */
export interface Snapshot {
	readonly pages: number;
	readonly pieces: readonly Piece[];
}

export interface Piece {
	readonly offset: number;
	readonly bytes: Uint8Array;
}

/** A compiled module, and its name for what is made with it. */
interface Compiled {
	readonly module: WebAssembly.Module;
	readonly digest: string;
}

let compiled: Compiled | undefined;

/** @throws {Error} when there is none, with what makes it. */
export function compiledModule(): Compiled {
	if (compiled === undefined) {
		if (!existsSync(modulePath)) {
			throw new Error("the XS engine is not built: node setup.mjs does that");
		}
		const bytes = readFileSync(modulePath);
		const digest = createHash("sha256").update(bytes).digest("hex");
		compiled = { module: new WebAssembly.Module(bytes), digest };
	}
	return compiled;
}

export class Machine {
	/** What the program's C wrote to its standard error: why it crashed. */
	report = "";
	/** Answers the program's questions: encoded values to one encoded value. */
	onQuestion: (question: Buffer) => Uint8Array = () => {
		throw new Error("nobody answers");
	};
	readonly #exports: Exports;
	readonly #stackStart: unknown;

	constructor() {
		const imports = { board: this.#board(), wasi_snapshot_preview1: this.#system() };
		const instance = new WebAssembly.Instance(compiledModule().module, imports);
		this.#exports = instance.exports as unknown as Exports;
		this.#stackStart = this.#exports.__stack_pointer.value;
	}

	/** Burns an image's modules into ROM. */
	load(modules: Uint8Array): void {
		this.#put(modules);
		this.#exports.load(modules.length, spareBytes);
	}

	start(heapBytes: number, stackSlots: number, keys: number, steps: number): void {
		this.#exports.start(heapBytes, stackSlots, keys, steps);
	}

	deliver(message: Uint8Array, steps: number): void {
		this.#put(message);
		this.#exports.deliver(message.length, steps);
	}

	collect(): void {
		this.#exports.collect();
	}

	/** In the order of `fxProgramMeters`. */
	meters(count: number): Int32Array {
		return new Int32Array(this.#memory, this.#exports.meters(), count).slice();
	}

	survey(): Value[] {
		const pointer = this.#exports.survey();
		const size = Buffer.from(this.#memory, pointer, 4).readUInt32LE();
		return decodeValues(Buffer.from(this.#memory, pointer + 4, size));
	}

	snapshot(): Snapshot {
		const all = new Uint8Array(this.#memory);
		const words = new BigUint64Array(this.#memory);
		const isZero = (offset: number): boolean =>
			words.subarray(offset / 8, (offset + pieceBytes) / 8).every((word) => word === 0n);
		const pieces: Piece[] = [];
		let start: number | undefined;
		for (let offset = 0; offset <= all.length; offset += pieceBytes) {
			const isEnd = offset === all.length || isZero(offset);
			if (!isEnd) start ??= offset;
			else if (start !== undefined) {
				pieces.push({ offset: start, bytes: all.slice(start, offset) });
				start = undefined;
			}
		}
		return { pages: all.length / pageBytes, pieces };
	}

	/** Whether the memory has the snapshot's size; one that has grown can't be put back. */
	fits({ pages }: Snapshot): boolean {
		return this.#memory.byteLength === pages * pageBytes;
	}

	/**
	 * Puts the memory in the state of a snapshot that fits or is larger. The stack's pointer is none
	 * of the memory: what an exception has unwound leaves it where it was.
	 */
	restore({ pages, pieces }: Snapshot): void {
		const missing = pages - this.#memory.byteLength / pageBytes;
		if (missing > 0) this.#exports.memory.grow(missing);
		const all = new Uint8Array(this.#memory);
		let end = 0;
		for (const { offset, bytes } of pieces) {
			all.fill(0, end, offset);
			all.set(bytes, offset);
			end = offset + bytes.length;
		}
		all.fill(0, end);
		this.#exports.__stack_pointer.value = this.#stackStart;
		this.report = "";
	}

	get #memory(): ArrayBuffer {
		return this.#exports.memory.buffer;
	}

	#put(bytes: Uint8Array): void {
		const pointer = this.#exports.room(bytes.length);
		new Uint8Array(this.#memory, pointer, bytes.length).set(bytes);
	}

	#text(pointer: number): string {
		const bytes = Buffer.from(this.#memory, pointer);
		return bytes.toString("utf8", 0, bytes.indexOf(0));
	}

	#board(): WebAssembly.ModuleImports {
		return {
			ask: (pointer: number, size: number) => {
				const answer = this.onQuestion(Buffer.from(this.#memory, pointer, size));
				this.#put(answer);
				return answer.length;
			},
			halt: (reason: number, message: number) => {
				throw new Halt(this.#text(reason), this.#text(message));
			},
		};
	}

	/** Of WASI as much as C's library asks for: the time of day, and a standard error. */
	#system(): WebAssembly.ModuleImports {
		const badDescriptor = 8;
		return {
			clock_time_get: (_clock: number, _precision: bigint, pointer: number) => {
				const nanoseconds = BigInt(Date.now()) * 1_000_000n;
				new DataView(this.#memory).setBigUint64(pointer, nanoseconds, true);
				return 0;
			},
			fd_close: () => badDescriptor,
			fd_fdstat_get: () => badDescriptor,
			fd_seek: () => badDescriptor,
			fd_write: (_descriptor: number, vectors: number, count: number, written: number) => {
				const view = new DataView(this.#memory);
				let total = 0;
				for (let index = 0; index < count; index++) {
					const pointer = view.getUint32(vectors + 8 * index, true);
					const size = view.getUint32(vectors + 8 * index + 4, true);
					this.report += Buffer.from(this.#memory, pointer, size).toString();
					total += size;
				}
				view.setUint32(written, total, true);
				return 0;
			},
			proc_exit: (status: number) => {
				throw new Halt("crashed", "exit " + status);
			},
		};
	}
}
