/** What a board keeps while it is off: a folder of files, or memory. */

import {
	closeSync,
	existsSync,
	fsyncSync,
	openSync,
	readFileSync,
	readSync,
	renameSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../command/folder.js";

export interface State {
	/** The bytes kept under a name, or `undefined`. */
	read(name: string): Uint8Array | undefined;
	/** Keeps all of `bytes` or, if this process dies, what was there before. */
	write(name: string, bytes: Uint8Array): void;
	/** How many bytes are kept: 0 when nothing is. */
	lengthOf(name: string): number;
	/**
	 * A part of what is kept; shorter when less is, and empty when nothing is. It may be a view: not
	 * to be changed, nor kept beyond the next change.
	 */
	readAt(name: string, offset: number, length: number): Uint8Array;
	/** Changes a part, or adds to the end; `offset` is not behind the end. */
	writeAt(name: string, offset: number, bytes: Uint8Array): void;
}

export class MemoryState implements State {
	/** With room behind the end, so that a file can grow by small parts. */
	readonly #files = new Map<string, { bytes: Uint8Array; length: number }>();

	read(name: string): Uint8Array | undefined {
		const file = this.#files.get(name);
		return file?.bytes.slice(0, file.length);
	}

	write(name: string, bytes: Uint8Array): void {
		this.#files.set(name, { bytes: new Uint8Array(bytes), length: bytes.length });
	}

	lengthOf(name: string): number {
		return this.#files.get(name)?.length ?? 0;
	}

	readAt(name: string, offset: number, length: number): Uint8Array {
		const file = this.#files.get(name);
		if (file === undefined) return new Uint8Array(0);
		return file.bytes.subarray(offset, Math.min(offset + length, file.length));
	}

	writeAt(name: string, offset: number, bytes: Uint8Array): void {
		const file = this.#files.get(name) ?? { bytes: new Uint8Array(0), length: 0 };
		const length = Math.max(file.length, offset + bytes.length);
		if (length > file.bytes.length) {
			const grown = new Uint8Array(2 * length);
			grown.set(file.bytes.subarray(0, file.length));
			file.bytes = grown;
		}
		file.bytes.set(bytes, offset);
		file.length = length;
		this.#files.set(name, file);
	}
}

/** For a file that no board has written so; who runs it reads this. */
export function damagedState(name: string): Error {
	return new Error(
		`The board's flash is damaged: ${name} in its --state folder. ` +
			"Put a copy of that folder back, or move it away: a new board is made then.",
	);
}

/** Private keys and passkeys are among it, so it is for its owner only. */
export class FolderState implements State {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
		makeFolder(folder, 0o700);
	}

	read(name: string): Uint8Array | undefined {
		const path = join(this.#folder, name);
		return existsSync(path) ? readFileSync(path) : undefined;
	}

	write(name: string, bytes: Uint8Array): void {
		const path = join(this.#folder, name);
		writeWhole(path + ".new", bytes);
		renameSync(path + ".new", path);
	}

	lengthOf(name: string): number {
		const path = join(this.#folder, name);
		return existsSync(path) ? statSync(path).size : 0;
	}

	readAt(name: string, offset: number, length: number): Uint8Array {
		const path = join(this.#folder, name);
		if (!existsSync(path)) return new Uint8Array(0);
		const file = openSync(path, "r");
		try {
			const bytes = new Uint8Array(length);
			return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
		} finally {
			closeSync(file);
		}
	}

	writeAt(name: string, offset: number, bytes: Uint8Array): void {
		const path = join(this.#folder, name);
		const file = openSync(path, existsSync(path) ? "r+" : "w", 0o600);
		try {
			writeAll(file, bytes, offset);
		} catch (error) {
			throw unwritten(path, error);
		} finally {
			closeSync(file);
		}
	}
}

/** A new file, in storage when this returns; of one that can't be written whole nothing is left. */
function writeWhole(path: string, bytes: Uint8Array): void {
	const file = openSync(path, "w", 0o600);
	try {
		writeAll(file, bytes, 0);
		fsyncSync(file);
	} catch (error) {
		rmSync(path, { force: true });
		throw unwritten(path, error);
	} finally {
		closeSync(file);
	}
}

/** Before a disk is full it takes a part, and only the next part is an error. */
function writeAll(file: number, bytes: Uint8Array, offset: number): void {
	for (let done = 0; done < bytes.length;) {
		done += writeSync(file, bytes, done, bytes.length - done, offset + done);
	}
}

function unwritten(path: string, error: unknown): Error {
	const why = error instanceof Error ? error.message : String(error);
	return new Error(`The board's flash can't be written to ${path}: ${why}`);
}
