/**
 * The SDK's key-value storage over NVS. Source: 8.2.3, `modules/io/storage/esp32/storage-esp32.c`
 * (`xs_directorystorage_read`: what asks for a value's length is not looked at; `throwIf`), and
 * ESP-IDF 6.0's NVS, which takes values of any length that fits.
 */

const nameMaximum = 15;
/** Of 24 KiB, with one page kept free: 5 pages of 126 entries of 32 bytes. */
const entriesMaximum = 630;

class Nvs {
	readonly namespaces = new Map<string, Map<string, Uint8Array>>();
	/** It can't say how long a value is: the flash can't be read. */
	isLengthUnknown = false;
	/** Why `nvs_flash_init` fails; `hosts/esp32/nvs.c` has an empty partition stand for it then. */
	trouble: string | undefined;

	namespace(path: string): Map<string, Uint8Array> {
		const values = this.namespaces.get(path) ?? new Map<string, Uint8Array>();
		this.namespaces.set(path, values);
		return values;
	}

	get entries(): number {
		let entries = 0;
		for (const values of this.namespaces.values()) {
			entries++;
			for (const { length } of values.values()) entries += entriesOf(length);
		}
		return entries;
	}

	erase(): void {
		this.namespaces.clear();
		this.trouble = undefined;
	}
}

/** A blob's index, its head, and its bytes. */
function entriesOf(byteLength: number): number {
	return 2 + Math.ceil(byteLength / 32);
}

export const nvs = new Nvs();

class Directory {
	readonly #values: Map<string, Uint8Array>;

	constructor(path: string) {
		this.#values = nvs.namespace(path);
	}

	read(key: string, buffer?: ArrayBuffer): ArrayBuffer | number | undefined {
		const value = this.#values.get(checked(key));
		if (value === undefined) return undefined;
		// A variable on the stack that nobody has set.
		const length = nvs.isLengthUnknown ? 0x3ffb_0000 : value.length;
		if (buffer === undefined) {
			if (length > 100_000) throw new Error("memory full: the machine stops");
			return value.slice().buffer;
		}
		if (buffer.byteLength < length) throw new RangeError("buffer too small");
		new Uint8Array(buffer).set(value);
		return length;
	}

	/** The new value is written before the old one goes. */
	write(key: string, value: Uint8Array): void {
		checked(key);
		if (nvs.entries + entriesOf(value.length) > entriesMaximum) {
			throw new Error("ESP_ERR_NVS_NOT_ENOUGH_SPACE");
		}
		this.#values.set(key, value.slice());
	}

	delete(key: string): void {
		this.#values.delete(checked(key));
	}

	close(): void {
		// Its handle is given back.
	}

	[Symbol.iterator](): Iterator<string> {
		return this.#values.keys();
	}
}

function checked(name: string): string {
	if (name.length > nameMaximum) throw new Error("ESP_ERR_NVS_KEY_TOO_LONG");
	return name;
}

export default {
	open(options: { readonly path: string }): Directory {
		return new Directory(checked(options.path));
	},
};
