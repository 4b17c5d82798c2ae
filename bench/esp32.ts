/** How much of an ESP32's flash our modules take, from the link of the Moddable SDK. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pathsIn } from "../hosts/board/compact/device-module.js";
import { buildFolder, deviceFolder } from "../hosts/board/compact/kept.js";
import { libraryName, libraryWay } from "../hosts/board/compact/library.js";
import { wayOf } from "../hosts/board/compact/program.js";
import { type Link, linkEsp32 } from "../hosts/moddable/tools/esp32-link.js";
import {
	machineManifest,
	noUpdatesManifest,
	ownManifest,
} from "../hosts/moddable/tools/mcconfig.js";
import { findSdk, type Sdk } from "../hosts/moddable/tools/sdk.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";
import { readRom, type Rom, type Share } from "../hosts/moddable/tools/rom.js";

/** Where the last measurement is kept: few machines have the SDK. */
const keptPath = fileURLToPath(new URL("../../bench/esp32.json", import.meta.url));

/** Modules that other firmware has, or none. */
const notInFirmware = /run-machine|run-no-updates|no-update-|plain-console|plain-input|no-app/;

export interface Esp32Figures {
	/**
	 * Of our modules and their library: byte code, frozen slots, names and texts. The SDK's own are
	 * not counted.
	 */
	readonly flashBytes: number;
	readonly bytecodeBytes: number;
	readonly slotBytes: number;
	/** Names, texts, and what else the linker makes. */
	readonly otherBytes: number;
	/** The same of `manifest-machine.json`: no line editor, no help texts, no Improv. */
	readonly smallest: { readonly flashBytes: number; readonly bytecodeBytes: number };
	/** The same of `manifest-no-updates.json`: no updates either. */
	readonly withoutUpdates: { readonly flashBytes: number; readonly bytecodeBytes: number };
	/** What the SDK's own TLS would take, which is in none of these: ours stands in its place. */
	readonly tlsOfSdk: { readonly flashBytes: number; readonly bytecodeBytes: number };
	/** The day of the measurement. */
	readonly measured: string;
}

export function keptEsp32Figures(): Esp32Figures {
	const figures: Esp32Figures = JSON.parse(readFileSync(keptPath, "utf8"));
	return figures;
}

export const esp32: Benchmark = {
	summary: "what we take of an ESP32's flash, by kind and module, with the Moddable SDK",
	async measure(): Promise<Measurement> {
		const sdk = findSdk();
		const whole = linkEsp32(sdk, { manifest: ownManifest, platform: "esp32" });
		const base = linkOfSdk(sdk);
		const flashBytes = whole.flashBytes - base.flashBytes;
		const bytecodeBytes = whole.bytecodeBytes - base.bytecodeBytes;
		const slotBytes = whole.slotBytes - base.slotBytes;
		const otherBytes = flashBytes - bytecodeBytes - slotBytes;
		const bytes = { flashBytes, bytecodeBytes, slotBytes, otherBytes };
		const beyond = (link: Link) => ({
			flashBytes: link.flashBytes - base.flashBytes,
			bytecodeBytes: link.bytecodeBytes - base.bytecodeBytes,
		});
		const smallest = beyond(linkEsp32(sdk, { manifest: machineManifest, platform: "esp32" }));
		const withoutUpdates = beyond(
			linkEsp32(sdk, { manifest: noUpdatesManifest, platform: "esp32" }),
		);
		const tlsOfSdk = beyond(linkOfSdk(sdk, ["$(MODULES)/crypt/tls_419.json"]));
		const measured = new Date().toISOString().slice(0, 10);
		const figures: Esp32Figures = { ...bytes, smallest, withoutUpdates, tlsOfSdk, measured };
		writeFileSync(keptPath, JSON.stringify(figures, undefined, "\t") + "\n");
		const rows = Object.entries({
			...bytes,
			"smallest flashBytes": smallest.flashBytes,
			"smallest bytecodeBytes": smallest.bytecodeBytes,
			"withoutUpdates flashBytes": withoutUpdates.flashBytes,
			"withoutUpdates bytecodeBytes": withoutUpdates.bytecodeBytes,
			"tlsOfSdk flashBytes": tlsOfSdk.flashBytes,
			"tlsOfSdk bytecodeBytes": tlsOfSdk.bytecodeBytes,
		});
		const modules = readRom(linkOfModules(sdk).program);
		const kinds = kindTable(readRom(whole.program), readRom(base.program));
		const parts = [kinds, roomTable(modules), moduleTable(modules)];
		return { figures: { ...figures }, text: [table(rows), ...parts].join("\n") };
	},
};

/** What is ours of each kind: what the firmware has more than the SDK alone. */
function kindTable(whole: Rom, base: Rom): string {
	const rows = [...whole.kinds]
		.map(([kind, bytes]): [string, number] => [kind, bytes - (base.kinds.get(kind) ?? 0)])
		.sort(([, a], [, b]) => b - a);
	return table([["By kind", "bytes"], ...rows]);
}

/** A room is a folder: its modules by themselves, as they are before they become one. */
function roomTable(rom: Rom): string {
	const rooms = new Map<string, Share[]>();
	for (const [name, share] of ourModules(rom)) {
		const room = name.slice(0, Math.max(name.lastIndexOf("/"), 0)) || name;
		rooms.set(room, [...(rooms.get(room) ?? []), share]);
	}
	return shareTable("By room, without names", [...rooms]);
}

function moduleTable(rom: Rom): string {
	const modules = ourModules(rom).map(([name, share]): [string, Share[]] => [name, [share]]);
	return shareTable("By module, without names", modules);
}

function ourModules(rom: Rom): [string, Share][] {
	return [...rom.modules]
		.filter(([name]) => name.startsWith("opendms/"))
		.map(([name, share]) => [name.slice("opendms/".length), share]);
}

function shareTable(title: string, shares: readonly (readonly [string, readonly Share[]])[]) {
	const sum = (list: readonly Share[], kind: keyof Share) =>
		list.reduce((bytes, share) => bytes + share[kind], 0);
	const rows = shares
		.map(([name, list]) => {
			const code = sum(list, "codeBytes");
			const slots = sum(list, "slotBytes");
			const texts = sum(list, "textBytes");
			return [name, code, slots, texts, code + slots + texts] as const;
		})
		.sort((a, b) => b[4] - a[4]);
	return table([[title, "code", "slots", "texts", "bytes"], ...rows]);
}

/** The same firmware with none of our modules in it, but with others of the SDK's. */
function linkOfSdk(sdk: Sdk, others: readonly string[] = []): Link {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	try {
		const manifest = join(folder, "manifest.json");
		const { include, ...rest } = manifestOfSdk();
		writeFileSync(manifest, JSON.stringify({ include: [...include, ...others], ...rest }));
		writeFileSync(join(folder, "main.js"), "export default function () {}\n");
		return linkEsp32(sdk, { manifest, platform: "esp32" });
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** A firmware of all modules by themselves: one module of all does not say what is whose. */
function linkOfModules(sdk: Sdk): Link {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	try {
		const way = "opendms/" + libraryWay.replace(/\.js$/, "");
		writeFileSync(join(folder, "library.js"), `export * from "${way}";\n`);
		const manifest = join(folder, "manifest.json");
		writeFileSync(manifest, JSON.stringify(manifestOfModules()));
		return linkEsp32(sdk, { manifest, platform: "esp32" });
	} finally {
		rmSync(folder, { recursive: true });
	}
}

function manifestOfModules(): object {
	const { modules, preload, ...own } = manifestOfSdk();
	const folders = ["src", "hosts/moddable", "hosts/esp32"].flatMap((folder) => pathsIn(folder));
	const ways = folders.map(wayOf).filter((way) => !notInFirmware.test(way));
	const all = [...ways, libraryWay].map((path): [string, string] => {
		const way = path.replace(/\.js$/, "");
		return ["opendms/" + way, join(deviceFolder, way)];
	});
	const app = join(buildFolder, "hosts/moddable/no-app");
	return {
		...own,
		creation: { main: "opendms/hosts/esp32/main" },
		modules: { ...modules, ...Object.fromEntries(all), [libraryName]: "./library", app },
		preload: [...preload, "app", libraryName, ...all.map(([name]) => name)],
	};
}

interface Part {
	readonly include: readonly string[];
	readonly modules: Readonly<Record<string, string | readonly string[]>>;
	readonly preload: readonly string[];
}

/** What our manifests take from the SDK. */
function manifestOfSdk(): Part {
	const parts = [ownManifest, join(ownManifest, "../hosts/esp32/manifest.json")].map((path): Part =>
		JSON.parse(readFileSync(path, "utf8")),
	);
	const isOfSdk = (source: string): boolean => source.startsWith("$(");
	const modules: Record<string, readonly string[]> = {};
	for (const [name, sources] of parts.flatMap((part) => Object.entries(part.modules))) {
		const kept = [sources].flat().filter(isOfSdk);
		if (kept.length > 0) modules[name] = [...(modules[name] ?? []), ...kept];
	}
	return {
		include: parts.flatMap((part) => part.include).filter(isOfSdk),
		modules: { ...modules, main: "./main" },
		preload: parts.flatMap((part) => part.preload).filter((name) => name in modules),
	};
}
