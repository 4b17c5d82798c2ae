/**
 * The SDK's key-value storage over NVS. Source: 8.2.3, `modules/io/storage/esp32/storage-esp32.c`
 * (`xs_directorystorage_read`: what asks for a value's length is not looked at; `throwIf`).
 */

const names = 15;

/** What NVS holds, and whether it can't say how long a value is. */
export const nvs = { values: new Map<string, Uint8Array>(), isLengthUnknown: false };

class Directory {
	read(key: string, buffer?: ArrayBuffer): ArrayBuffer | number | undefined {
		const value = nvs.values.get(key);
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

	write(key: string, value: Uint8Array): void {
		if (key.length > names) throw new Error("ESP_ERR_NVS_KEY_TOO_LONG");
		nvs.values.set(key, value.slice());
	}

	delete(key: string): void {
		nvs.values.delete(key);
	}

	close(): void {
		// Its handle is given back.
	}

	[Symbol.iterator](): Iterator<string> {
		return nvs.values.keys();
	}
}

export default {
	open(options: { readonly path: string }): Directory {
		if (options.path.length > names) throw new Error("ESP_ERR_NVS_KEY_TOO_LONG");
		return new Directory();
	},
};
