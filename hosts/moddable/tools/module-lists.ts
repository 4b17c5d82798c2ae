/**
 * The lists of modules in the manifests: the SDK wants each one by its name. They name what
 * `hosts/board/compact` makes of the compiled modules for a chip: the SDK would start its
 * TypeScript compiler once for each module.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { shared } from "../../board/compact/contract.js";
import { libraryName } from "../../board/compact/library.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

interface Manifest {
	include?: readonly string[];
	modules: Record<string, string | string[]>;
	preload: string[];
	readonly [key: string]: unknown;
}

const made = "build/device/firmware";
const programName = "opendms/program";
const importsName = "manifest-imports.json";

/** Hosts whose modules have become fewer: those that are left, and where they are. */
const joined: Readonly<Record<string, readonly (readonly [name: string, way: string])[]>> = {
	"hosts/esp32": [
		["wifi", "esp32-wifi"],
		["main", "esp32"],
	],
};

/** The manifests below `root` as they should be, by path: what isn't ours in them stays. */
export function currentManifests(): Map<string, string> {
	const manifests = new Map<string, string>();
	const whole = manifestAt("manifest.json");
	replace(whole, { [programName]: `./${made}/program` });
	manifests.set("manifest.json", textOf(whole));
	const include = (whole.include ?? []).filter((path) => path !== "./" + importsName);
	for (const choice of ["machine", "no-updates"]) {
		whole.modules[programName] = `./${made}/program-${choice}`;
		manifests.set(`manifest-${choice}.json`, textOf({ ...whole, include }));
	}
	manifests.set(importsName, textOf(importsManifest()));
	for (const folder of ["hosts/esp32", "hosts/lin"]) {
		const path = join(folder, "manifest.json");
		const manifest = manifestAt(path);
		listHost(manifest, folder);
		manifests.set(path, textOf(manifest));
	}
	return manifests;
}

function manifestAt(path: string): Manifest {
	return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** Brings the lists up to date. Afterwards, format. */
export function updateManifests(): void {
	for (const [path, text] of currentManifests()) writeFileSync(join(root, path), text);
}

function textOf(manifest: Manifest): string {
	return JSON.stringify(manifest, undefined, "\t") + "\n";
}

/** What of the program an app can import. */
function importsManifest(): Manifest {
	const names = shared.map((way) => way.replace(/\.js$/, ""));
	const modules = {
		...Object.fromEntries(names.map((name) => ["opendms/" + name, `./${made}/${name}`])),
		[libraryName]: `./${made}/message-pack`,
	};
	return { modules, preload: Object.keys(modules) };
}

function listHost(manifest: Manifest, folder: string): void {
	const up = posix.relative(folder, made);
	const single = modulesIn(folder).map((name) => [name, posix.join(folder, name)] as const);
	const modules: Record<string, string> = {};
	for (const [name, way] of joined[folder] ?? single) {
		modules[posix.join("opendms", folder, name)] = posix.join(up, way);
	}
	replace(manifest, modules);
	const natives = readdirSync(join(root, folder)).filter(
		(name) => name.endsWith(".c") && name !== "loader.c",
	);
	// By its whole name: a module may share it.
	manifest.modules[posix.join("opendms", folder, "*")] = natives.sort().map((name) => "./" + name);
}

/** Takes out what the lists had of ours, and appends what is there now. */
function replace(manifest: Manifest, modules: Readonly<Record<string, string>>): void {
	const isOurs = (name: string): boolean => name.startsWith("opendms/");
	for (const name of Object.keys(manifest.modules)) {
		if (isOurs(name)) delete manifest.modules[name];
	}
	manifest.preload = [...manifest.preload.filter((name) => !isOurs(name)), ...Object.keys(modules)];
	Object.assign(manifest.modules, modules);
}

function modulesIn(folder: string): string[] {
	return readdirSync(join(root, folder))
		.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
		.map((name) => basename(name, ".ts"))
		.sort();
}
