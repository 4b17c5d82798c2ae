#!/usr/bin/env node
/**
 * Not the SDK's `mcconfig`: a program that takes the same options, has the SDK's rule of which
 * manifest counts (`parseManifest` of its `tools/mcmanifest.js`), and fails where the Ethernet is
 * missing, as ESP-IDF's linker does. What it leaves was built before: the folder `FAKE_FIRMWARE`.
 */

import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

interface Manifest {
	readonly include?: string | readonly string[];
	readonly build?: Readonly<Record<string, string>>;
	readonly config?: { readonly version?: string };
	readonly platforms?: Readonly<Record<string, Platform>>;
}

interface Platform {
	readonly dependency?: readonly { readonly idf?: string }[];
}

const words = process.argv.slice(2);
const environment = new Map<string, string>();
const components = new Set<string>();

/** A manifest's own words come first, and then those that it includes: the last one counts. */
function parse(path: string): Manifest {
	const manifest: Manifest = JSON.parse(readFileSync(path, "utf8"));
	const inFolder = (name: string): string => resolve(dirname(path), name);
	for (const [name, value] of Object.entries(manifest.build ?? {})) {
		environment.set(name, value.startsWith("./") ? inFolder(value) : value);
	}
	for (const { idf } of manifest.platforms?.["esp32/*"]?.dependency ?? []) {
		if (idf !== undefined) components.add(idf);
	}
	for (const include of [manifest.include ?? []].flat()) {
		if (!include.startsWith("$")) parse(inFolder(include));
	}
	return manifest;
}

const path = words.find((word) => word.endsWith(".json")) ?? "";
const version = parse(path).config?.version ?? "";
const options = readFileSync(
	join(environment.get("SDKCONFIGPATH") ?? "", "sdkconfig.defaults"),
	"utf8",
);
const isRollback = options.includes("\nCONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y\n");
const isEthernet = options.includes("\nCONFIG_ETH_USE_OPENETH=y\n") && components.has("esp_eth");
if (!isRollback || !isEthernet) {
	console.error("undefined reference to `esp_eth_mac_new_openeth'");
	process.exit(1);
}
const output = words[words.indexOf("-o") + 1] ?? "";
const name = basename(dirname(path));
const project = join(output, "tmp/esp32/esp32c3/release", name, "xsProj-esp32c3/build");
for (const part of [
	"bootloader/bootloader.bin",
	"partition_table/partition-table.bin",
	"ota_data_initial.bin",
	"xs_esp32.bin",
	"xs_esp32.elf",
]) {
	mkdirSync(dirname(join(project, part)), { recursive: true });
	const built = join(process.env.FAKE_FIRMWARE ?? "", version, basename(part));
	copyFileSync(built, join(project, part));
}
console.log("[100/1000] Building C object\n".repeat(100_000)); // ESP-IDF's build says a lot.
