/** A factory image as `esptool merge_bin` makes it, with little in it: of a chip with 4 MB. */

import { espImage } from "./esp-image.js";

export interface FactoryChip {
	/** `esp_chip_id_t`: 0 is an ESP32, 5 an ESP32-C3. */
	readonly chip?: number;
	readonly version?: string;
	/** What the factory writes into NVS; else nothing. */
	readonly nvs?: Uint8Array;
}

export const appStart = 0x20000;

/** Type, subtype, address and length of hosts/esp32/partitions.csv. */
const partitions = [
	[1, 0x02, 0x9000, 0x6000],
	[1, 0x00, 0xf000, 0x2000],
	[1, 0x01, 0x11000, 0x1000],
	[1, 0x02, 0x12000, 0x3000],
	[0, 0x10, appStart, 0x1e0000],
	[0, 0x11, 0x200000, 0x1e0000],
] as const;

export function factoryChip({ chip = 5, version = "1.0.0.0", nvs }: FactoryChip = {}): Uint8Array {
	const app = espImage({ chip, version });
	const image = Buffer.alloc(appStart + app.length, 0xff);
	Buffer.from(espImage({ chip, version: "boot" })).copy(image, chip === 0 ? 0x1000 : 0);
	for (const [index, [type, subtype, address, length]] of partitions.entries()) {
		const entry = Buffer.alloc(32);
		entry.writeUInt16LE(0x50aa, 0);
		entry.writeUInt8(type, 2);
		entry.writeUInt8(subtype, 3);
		entry.writeUInt32LE(address, 4);
		entry.writeUInt32LE(length, 8);
		entry.copy(image, 0x8000 + 32 * index);
	}
	Buffer.from(app).copy(image, appStart);
	if (nvs !== undefined) Buffer.from(nvs).copy(image, 0x9000);
	return Uint8Array.from(image);
}
