/** The firmware for the emulated chip: built, or as it was built before, and put into its flash. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFolder, ownManifest, runMcconfig } from "../../hosts/moddable/tools/mcconfig.js";
import type { Sdk } from "../../hosts/moddable/tools/sdk.js";
import { toHex } from "../../src/encoding/bytes.js";

/** Of the firmware that a chip begins with, of its update, and of one that goes back. */
export const versions = { old: "0.1.0.0", new: "0.2.0.0", bad: "0.3.0.0" } as const;

const root = fileURLToPath(new URL("../../../", import.meta.url));
const host = join(root, "hosts/emulated-chip");
const platform = "esp32/esp32c3";
const flashLength = 4 * 1024 * 1024;
/** Of an ESP32-C3, and as in `hosts/esp32/partitions.csv`. */
const places = {
	"bootloader.bin": 0x0,
	"partition-table.bin": 0x8000,
	"ota_data_initial.bin": 0xf000,
	"xs_esp32.bin": 0x2_0000,
} as const;
type Part = keyof typeof places;
/** Where ESP-IDF's project leaves each. */
const builtAt: Readonly<Record<Part, string>> = {
	"bootloader.bin": "bootloader/bootloader.bin",
	"partition-table.bin": "partition_table/partition-table.bin",
	"ota_data_initial.bin": "ota_data_initial.bin",
	"xs_esp32.bin": "xs_esp32.bin",
};

export interface Firmware {
	readonly parts: ReadonlyMap<Part, Uint8Array>;
	readonly image: Uint8Array;
	readonly elf: Uint8Array;
}

/** Builds one with ESP-IDF's own build, below `folder`. Throws with what it printed. */
export function buildFirmware(
	sdk: Sdk,
	folder: string,
	version: string,
	platformKey: Uint8Array,
): Firmware {
	const place = join(folder, version);
	const sdkconfig = join(place, "sdkconfig");
	mkdirSync(sdkconfig, { recursive: true });
	const options = [join(root, "hosts/esp32/sdkconfig"), host].map((one) =>
		readFileSync(join(one, "sdkconfig.defaults"), "utf8"),
	);
	writeFileSync(join(sdkconfig, "sdkconfig.defaults"), options.join(""));
	// Of two manifests that say where the options are the SDK follows the one that it reads last:
	// of those that are included, the last, and never the one that includes them.
	const last = join(sdkconfig, "manifest.json");
	writeFileSync(last, JSON.stringify({ build: { SDKCONFIGPATH: sdkconfig } }));
	const manifest = join(place, "manifest.json");
	writeFileSync(
		manifest,
		JSON.stringify({
			include: [ownManifest, join(host, "manifest.json"), last],
			config: { version, platformKey: toHex(platformKey) },
		}),
	);
	const build = { manifest, platform };
	const { isDone, output } = runMcconfig(sdk, build, "build", "kept");
	if (!isDone) throw new Error(output + "the firmware for the emulated chip could not be built");
	const project = join(buildFolder(build, "tmp"), "xsProj-esp32c3/build");
	return read((part) => join(project, builtAt[part]), join(project, "xs_esp32.elf"));
}

/** One that was built before: all parts and `xs_esp32.elf` in `folder`. */
export function readFirmware(folder: string): Firmware {
	return read((part) => join(folder, part), join(folder, "xs_esp32.elf"));
}

function read(pathOf: (part: Part) => string, elf: string): Firmware {
	const parts = new Map<Part, Uint8Array>();
	for (const part of Object.keys(places) as Part[]) parts.set(part, readPart(pathOf(part)));
	return { parts, image: parts.get("xs_esp32.bin") ?? new Uint8Array(0), elf: readPart(elf) };
}

function readPart(path: string): Uint8Array {
	if (!existsSync(path)) throw new Error("There is no " + path);
	return readFileSync(path);
}

/** Flash as a cable would leave it: each part in its place, and all else erased. */
export function flashOf({ parts }: Firmware): Uint8Array {
	const flash = new Uint8Array(flashLength).fill(0xff);
	for (const [part, bytes] of parts) flash.set(bytes, places[part]);
	return flash;
}
