/** What a board keeps while it is off: a folder of files, or memory. */

import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";

export interface State {
	/** The bytes kept under a name, or `undefined`. */
	read(name: string): Uint8Array | undefined;
	/** Keeps all of `bytes` or, if this process dies, what was there before. */
	write(name: string, bytes: Uint8Array): void;
}

export class MemoryState implements State {
	readonly #files = new Map<string, Uint8Array>();

	read(name: string): Uint8Array | undefined {
		return this.#files.get(name)?.slice();
	}

	write(name: string, bytes: Uint8Array): void {
		this.#files.set(name, bytes.slice());
	}
}

/** Private keys and passkeys are among it, so it is for its owner only. */
export class FolderState implements State {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
		mkdirSync(folder, { recursive: true, mode: 0o700 });
	}

	read(name: string): Uint8Array | undefined {
		const path = join(this.#folder, name);
		return existsSync(path) ? readFileSync(path) : undefined;
	}

	write(name: string, bytes: Uint8Array): void {
		const path = join(this.#folder, name);
		const file = openSync(path + ".new", "w", 0o600);
		try {
			writeSync(file, bytes);
			fsyncSync(file);
		} finally {
			closeSync(file);
		}
		renameSync(path + ".new", path);
	}
}
