/** NVS through the SDK's key-value storage. */

import Storage from "embedded:storage/key-value";
import type { KeyValueDomain, KeyValueStorage } from "../../src/host.js";

type StorageDomain = ReturnType<typeof Storage.open>;

export class NvsStorage implements KeyValueStorage {
	open(options: { readonly path: string; readonly format: "buffer" }): KeyValueDomain {
		return new NvsDomain(Storage.open({ ...options }));
	}
}

class NvsDomain implements KeyValueDomain {
	readonly #domain: StorageDomain;

	constructor(domain: StorageDomain) {
		this.#domain = domain;
	}

	read(key: string): ArrayBuffer | undefined {
		const value = this.#domain.read(key);
		return value instanceof ArrayBuffer ? value : undefined;
	}

	write(key: string, value: Uint8Array): void {
		this.#domain.write(key, value);
	}

	delete(key: string): void {
		this.#domain.delete(key);
	}

	close(): void {
		this.#domain.close();
	}

	[Symbol.iterator](): Iterator<string> {
		return this.#domain[Symbol.iterator]();
	}
}
