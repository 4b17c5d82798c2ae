/** How much of an ESP32's flash the byte code takes, from the link of the Moddable SDK. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { linkEsp32 } from "../hosts/moddable/tools/esp32-link.js";
import { ownManifest } from "../hosts/moddable/tools/mcconfig.js";
import { findSdk, type Sdk } from "../hosts/moddable/tools/sdk.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";

/** Where the last measurement is kept: few machines have the SDK. */
const keptPath = fileURLToPath(new URL("../../bench/esp32.json", import.meta.url));

export interface Esp32Figures {
	/** Of our modules and their library: without the SDK's own, TLS and HTTP among them. */
	readonly bytecodeBytes: number;
	/** The day of the measurement. */
	readonly measured: string;
}

export function keptEsp32Figures(): Esp32Figures {
	const figures: Esp32Figures = JSON.parse(readFileSync(keptPath, "utf8"));
	return figures;
}

export const esp32: Benchmark = {
	summary: "byte code in an ESP32's flash, with the Moddable SDK; kept for footprint",
	async measure(): Promise<Measurement> {
		const sdk = findSdk();
		const whole = linkEsp32(sdk, { manifest: ownManifest, platform: "esp32" }).bytecodeBytes;
		const bytecodeBytes = whole - bytecodeOfSdk(sdk);
		const measured = new Date().toISOString().slice(0, 10);
		const figures: Esp32Figures = { bytecodeBytes, measured };
		writeFileSync(keptPath, JSON.stringify(figures, undefined, "\t") + "\n");
		return { figures: { ...figures }, text: table([["bytecodeBytes", bytecodeBytes]]) };
	},
};

/** The same firmware with none of our modules in it. */
function bytecodeOfSdk(sdk: Sdk): number {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	try {
		const manifest = join(folder, "manifest.json");
		writeFileSync(manifest, JSON.stringify(manifestOfSdk()));
		writeFileSync(join(folder, "main.js"), "export default function () {}\n");
		return linkEsp32(sdk, { manifest, platform: "esp32" }).bytecodeBytes;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

interface Part {
	readonly include: readonly string[];
	readonly modules: Readonly<Record<string, string | readonly string[]>>;
	readonly preload: readonly string[];
}

/** What our manifests take from the SDK. */
function manifestOfSdk(): object {
	const parts = [ownManifest, join(ownManifest, "../hosts/esp32/manifest.json")].map((path): Part =>
		JSON.parse(readFileSync(path, "utf8")),
	);
	const isOfSdk = (source: string): boolean => source.startsWith("$(");
	const modules: Record<string, readonly string[]> = {};
	for (const [name, sources] of parts.flatMap((part) => Object.entries(part.modules))) {
		const kept = [sources].flat().filter((source) => name !== "~" && isOfSdk(source));
		if (kept.length > 0) modules[name] = [...(modules[name] ?? []), ...kept];
	}
	return {
		include: parts.flatMap((part) => part.include),
		modules: { ...modules, main: "./main" },
		preload: parts.flatMap((part) => part.preload).filter((name) => name in modules),
	};
}
