/** A domain of key-value storage in memory. */

import type { KeyValueDomain } from "../../../src/host.js";

export class MemoryDomain implements KeyValueDomain {
	readonly values = new Map<string, Uint8Array>();

	read(key: string): ArrayBuffer | undefined {
		return this.values.get(key)?.slice().buffer;
	}

	write(key: string, value: Uint8Array): void {
		this.values.set(key, value.slice());
	}

	delete(key: string): void {
		this.values.delete(key);
	}

	close(): void {}

	[Symbol.iterator](): Iterator<string> {
		return this.values.keys();
	}
}
