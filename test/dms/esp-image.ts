/** An image as ESP-IDF makes it, with nothing in it but what says what it is. */

import { createHash } from "node:crypto";

export interface EspImage {
	/** `esp_chip_id_t`: 0 is an ESP32, 5 an ESP32-C3. */
	readonly chip: number;
	/** `PROJECT_VER`. */
	readonly version: string;
}

/** Of two segments; the first begins with `esp_app_desc_t`. */
export function espImage({ chip, version }: EspImage): Uint8Array {
	const header = Buffer.alloc(24);
	header.writeUInt8(0xe9, 0);
	header.writeUInt8(2, 1);
	header.writeUInt16LE(chip, 12);
	header.writeUInt8(1, 23); // A SHA-256 is appended.
	const app = Buffer.alloc(256);
	app.writeUInt32LE(0xabcd5432, 0);
	app.write(version, 16, 32, "latin1");
	const segments = [app, Buffer.alloc(52, 0xa5)].map((data) => {
		const head = Buffer.alloc(8);
		head.writeUInt32LE(data.length, 4);
		return Buffer.concat([head, data]);
	});
	const body = Buffer.concat([header, ...segments]);
	const padded = Buffer.concat([body, Buffer.alloc(16 - (body.length % 16))]);
	return Buffer.concat([padded, createHash("sha256").update(padded).digest()]);
}
