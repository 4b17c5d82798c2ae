/**
 * The lists of modules in the manifests: the SDK wants each one by its name. They name what is
 * compiled, as `device-module.ts` makes it for a chip: the SDK would start its TypeScript compiler
 * once for each module.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, posix, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

interface Manifest {
	modules: Record<string, string | string[]>;
	preload: string[];
	readonly [key: string]: unknown;
}

/** Our own modules that the SDK knows by other names than the tree's; the manifest has them. */
const renamed = ["message-pack", "no-app"];

/** What only the firmware in `manifest-machine.json` has, and what it has not. */
const machineOnly = ["run-machine", "plain-input"];
const notOfMachine =
	/^opendms\/src\/(improv\/|terminal\/(?!(line|owner)$)|console\/completion$|run$)/;

/** Where the program's modules are. */
const moddableFolders = ["hosts/moddable", "hosts/moddable/tls"];

/** The manifests below `root` as they should be, by path: what isn't ours in them stays. */
export function currentManifests(): Map<string, string> {
	const manifests = new Map<string, string>();
	for (const folder of ["", "hosts/esp32", "hosts/lin"]) {
		const path = join(folder, "manifest.json");
		const manifest: Manifest = JSON.parse(readFileSync(join(root, path), "utf8"));
		if (folder === "") listProgram(manifest);
		else listHost(manifest, folder);
		manifests.set(path, JSON.stringify(manifest, undefined, "\t") + "\n");
		if (folder !== "") continue;
		leaveOut(manifest);
		manifests.set("manifest-machine.json", JSON.stringify(manifest, undefined, "\t") + "\n");
	}
	return manifests;
}

/** Brings the lists up to date. Afterwards, format. */
export function updateManifests(): void {
	for (const [path, text] of currentManifests()) writeFileSync(join(root, path), text);
}

function listProgram(manifest: Manifest): void {
	const folders = [...moddableFolders, "src", ...foldersIn("src")].map(
		(folder): [string, string[]] => [
			folder,
			modulesIn(folder).filter(
				(name) =>
					!(folder.startsWith("hosts/") && renamed.includes(name)) && !machineOnly.includes(name),
			),
		],
	);
	replace(manifest, /^opendms\/(src|hosts)\//, folders);
	for (const [folder, modules] of folders) {
		manifest.modules[target(folder)] = modules.map(
			(name) => "./" + posix.join("build/device", folder, name),
		);
	}
}

/** Makes the whole program's manifest that of the machine format alone. */
function leaveOut(manifest: Manifest): void {
	for (const [name, sources] of Object.entries(manifest.modules)) {
		const folder = name.replace(/\*$/, "");
		const kept = [sources].flat().filter((path) => !notOfMachine.test(folder + basename(path)));
		if (name.startsWith("opendms/src/")) manifest.modules[name] = kept;
		if (kept.length === 0) delete manifest.modules[name];
	}
	const console = manifest.modules["opendms/src/console/*"] ?? [];
	manifest.modules["opendms/src/console/*"] = [
		...console,
		"./build/device/src/console/plain-input",
	];
	manifest.modules["opendms/src/run"] = "./build/device/src/run-machine";
	manifest.preload = manifest.preload.filter((name) => !notOfMachine.test(name));
	manifest.preload.push("opendms/src/console/plain-input", "opendms/src/run");
}

function listHost(manifest: Manifest, folder: string): void {
	const modules = modulesIn(folder);
	replace(manifest, /^opendms\//, [[folder, modules]]);
	const natives = readdirSync(join(root, folder)).filter(
		(name) => name.endsWith(".c") && name !== "loader.c",
	);
	const compiled = posix.relative(folder, posix.join("build/device", folder));
	manifest.modules[target(folder)] = [
		...modules.map((name) => compiled + "/" + name),
		...natives.sort().map((name) => "./" + name), // By its whole name: a module may share it.
	];
}

/** Takes out what the lists had of ours, and appends what is there now. */
function replace(manifest: Manifest, ours: RegExp, folders: readonly [string, string[]][]): void {
	for (const name of Object.keys(manifest.modules)) {
		if (ours.test(name)) delete manifest.modules[name];
	}
	manifest.preload = manifest.preload.filter((name) => !ours.test(name));
	for (const [folder, modules] of folders) {
		manifest.preload.push(...modules.map((name) => posix.join("opendms", folder, name)));
	}
}

function target(folder: string): string {
	return posix.join("opendms", folder, "*");
}

function modulesIn(folder: string): string[] {
	return readdirSync(join(root, folder))
		.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
		.map((name) => basename(name, ".ts"))
		.sort();
}

function foldersIn(folder: string): string[] {
	return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length).split(sep).join("/"))
		.sort();
}
