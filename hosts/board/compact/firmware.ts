/**
 * What the manifests name: the program, a host's modules that go through it, and modules that stand
 * where an app, or another host, looks for some of its own. All in `build/device/firmware`.
 */

import { dirname, join, posix } from "node:path";
import { deviceModule, devicePaths, pathsIn } from "./device-module.js";
import { bundled } from "./bundle.js";
import { forOtherHosts, shared } from "./contract.js";
import { fieldsByConstructors } from "./fields.js";
import { deviceFolder, keptText, writeWhole } from "./kept.js";
import { libraryName } from "./library.js";
import { memberNames, renamedMembers } from "./member-names.js";
import { boardProgram, exportsOf, libraryNames, programText, reexport, wayOf } from "./program.js";
import { sharedByList } from "./shared-list.js";
import { shrunkProgram, version } from "./shrink.js";
import { standardNames } from "./standard-names.js";

const folder = "firmware";
const programName = "opendms/program";
/** What each program exports, beside what hosts and apps take of it. */
const start = "run";
/** What is in the program: of the hosts' modules these, since they share them. */
const inProgram = /^(src|hosts\/moddable)\//;

const hostFolders = ["hosts/esp32", "hosts/lin"];
/** Of an ESP32's modules, what another radio's host has in its place: it stays by itself. */
const replaceable = "hosts/esp32/wifi.js";

/** Makes all that manifests and images name. */
export function makeDeviceModules(): void {
	for (const path of devicePaths()) deviceModule(path);
	boardProgram();
	const exports = exportsForHosts();
	const names = namesOf(exports);
	for (const [way, entry] of [
		["program.js", "src/run.js"],
		["program-machine.js", "src/run-machine.js"],
		["program-no-updates.js", "src/run-no-updates.js"],
	] as const) {
		programText({
			way: posix.join(folder, way),
			exports: new Map(
				[...exports, [entry, [start]] as const].map(([module, list]) => [
					module,
					list.map((name) => `${name} as ${names.get(name)}`),
				]),
			),
			folders: ["src", "hosts/moddable"],
		});
	}
	for (const way of [...shared, ...forOtherHosts]) {
		writeText(way, reexport(byNames(exportsOf(way), names), programName));
	}
	writeText("message-pack.js", reexport(byNames(libraryNames, names), programName));
	for (const path of hostFolders.flatMap((host) => pathsIn(host))) {
		writeText(wayOf(path), throughProgram(path, names));
	}
	makeEsp32(names);
}

/** What an export of a program is called in it: flash has a text for each name that isn't XS's. */
type ExportNames = ReadonlyMap<string, string>;

/** The same for all programs. */
function namesOf(exports: ReadonlyMap<string, readonly string[]>): ExportNames {
	const names = [...new Set([start, ...[...exports.values()].flat()])].sort();
	return new Map(names.map((name, index) => [name, standardNames[index] ?? name]));
}

/** Parts of an import's or an export's list: each name by the program's own. */
function byNames(parts: readonly string[], names: ExportNames): string[] {
	return parts.map((part) => {
		const [name = "", local = name] = part.split(" as ");
		return `${names.get(name)} as ${local}`;
	});
}

/** The host's modules as one, but the radio's, which is another. */
function makeEsp32(names: ExportNames): void {
	const sources = pathsIn("hosts/esp32").map((path) => throughProgram(path, names));
	for (const [name, entry] of [
		["esp32.js", 'export { default } from "./hosts/esp32/main.js";\n'],
		["esp32-wifi.js", `export { ChipWiFi } from "./${replaceable}";\n`],
	] as const) {
		keptText(posix.join(folder, name), [version, entry, ...sources], () => {
			const source = bundled(entry, join(deviceFolder, folder), {}, sources);
			return sharedByList(shrunkProgram(source));
		});
	}
}

/** What hosts and apps import of the program, by the module that it is of; but its start. */
function exportsForHosts(): Map<string, readonly string[]> {
	const exports = new Map<string, readonly string[]>(
		[...shared, ...forOtherHosts].map((way) => [way, exportsOf(way)]),
	);
	for (const path of hostFolders.flatMap((host) => pathsIn(host))) {
		for (const { way, names } of importsOf(path)) {
			if (!inProgram.test(way) || way === "src/run.js") continue;
			exports.set(way, [...new Set([...(exports.get(way) ?? []), ...names])]);
		}
	}
	return exports.set(libraryName, libraryNames);
}

interface Import {
	/** Below `build`, of the module. */
	readonly way: string;
	readonly names: readonly string[];
}

/** What a module imports from files. */
function importsOf(path: string): Import[] {
	const statements = deviceModule(path).matchAll(/^import \{ (.*) \} from "(\.[^"]*)";$/gm);
	return [...statements].map(([, names = "", specifier = ""]) => ({
		way: wayOf(join(dirname(path), specifier)),
		names: names.split(", ").map((name) => name.replace(/ as .*/, "")),
	}));
}

/** A host's module, with what is in the program imported from there, and members as there. */
function throughProgram(path: string, names: ExportNames): string {
	return renamedMembers(fieldsByConstructors(deviceModule(path)), memberNames()).replaceAll(
		/^import \{ (.*) \} from "(\.[^"]*)";$/gm,
		(statement, list: string, specifier: string) => {
			const way = wayOf(join(dirname(path), specifier));
			if (inProgram.test(way)) {
				return `import { ${byNames(list.split(", "), names).join(", ")} } from "${programName}";`;
			}
			if (way === replaceable) {
				return `import { ${list} } from "opendms/${way.replace(/\.js$/, "")}";`;
			}
			return statement;
		},
	);
}

function writeText(way: string, text: string): void {
	writeWhole(join(deviceFolder, folder, way), text);
}
