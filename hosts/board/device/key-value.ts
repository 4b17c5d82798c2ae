/** ECMA-419 key-value storage over the board's NVS. */

import type { KeyValueDomain, KeyValueStorage } from "../../../src/host.js";
import { bufferFrom, type Link, textFrom } from "./link.js";

export class BoardKeyValueStorage implements KeyValueStorage {
	private readonly link: Link;

	constructor(link: Link) {
		this.link = link;
	}

	open(options: { readonly path: string; readonly format: "buffer" }): KeyValueDomain {
		this.link.call("nvs.open");
		return new BoardKeyValueDomain(this.link, options.path);
	}

	erase(): void {
		this.link.call("nvs.erase");
	}
}

class BoardKeyValueDomain implements KeyValueDomain {
	private readonly link: Link;
	private readonly path: string;

	constructor(link: Link, path: string) {
		this.link = link;
		this.path = path;
	}

	read(key: string): ArrayBuffer | undefined {
		return bufferFrom(this.link.call("nvs.read", this.path, key));
	}

	write(key: string, value: Uint8Array): void {
		this.link.call("nvs.write", this.path, key, value);
	}

	delete(key: string): void {
		this.link.call("nvs.delete", this.path, key);
	}

	close(): void {
		// The board keeps nothing open.
	}

	*[Symbol.iterator](): Iterator<string> {
		for (let index = 0; ; index++) {
			const key = textFrom(this.link.call("nvs.key", this.path, index));
			if (key === undefined) return;
			yield key;
		}
	}
}
