/**
 * What the manifests name: the program, a host's modules that go through it, and modules that stand
 * where an app, or another host, looks for some of its own. All in `build/device/firmware`.
 */

import { dirname, join, posix } from "node:path";
import { deviceModule, devicePaths, pathsIn } from "./device-module.js";
import { bundled } from "./bundle.js";
import { forOtherHosts, shared } from "./contract.js";
import { exportsOf, placesOf, throughList } from "./exports.js";
import { fieldsByConstructors } from "./fields.js";
import { deviceFolder, keptText, writeWhole } from "./kept.js";
import { libraryName } from "./library.js";
import { memberNames, ownMembers, renamedMembers } from "./member-names.js";
import { boardProgram, programStart, programText, wayOf } from "./program.js";
import { type Places, sharedByList } from "./shared-list.js";
import { shrunkProgram, version } from "./shrink.js";

const folder = "firmware";
const programName = "opendms/program";
/** What is in the program: of the hosts' modules these, since they share them. */
const inProgram = /^(src|hosts\/moddable)\//;

/** The SDK's compiler looks for types where a manifest says that a module is. */
const libraryTypes = `export * from "../../../node_modules/${libraryName}/dist.esm/index.js";\n`;

const hostFolders = ["hosts/esp32", "hosts/lin"];
/** Of an ESP32's modules, what another radio's host has in its place: it stays by itself. */
const replaceable = "hosts/esp32/wifi.js";

/** Makes all that manifests and images name. */
export function makeDeviceModules(): void {
	for (const path of devicePaths()) deviceModule(path);
	boardProgram();
	const exports = exportsForHosts();
	for (const [way, entry] of [
		["program.js", "src/run.js"],
		["program-machine.js", "src/run-machine.js"],
		["program-no-updates.js", "src/run-no-updates.js"],
	] as const) {
		programText({
			way: posix.join(folder, way),
			exports: new Map([...exports, [entry, [programStart]]]),
			folders: ["src", "hosts/moddable"],
		});
	}
	const places = placesOf([programStart, ...[...exports.values()].flat()]);
	for (const way of [...shared, ...forOtherHosts]) {
		writeText(way, throughList(way, programName, places));
	}
	writeText("message-pack.js", throughList(libraryName, programName, places));
	writeText("message-pack.d.ts", libraryTypes);
	for (const path of pathsIn("hosts/lin")) {
		const source = throughProgram(path);
		keptText(posix.join(folder, wayOf(path)), [version, [...places].join(), source], () =>
			byList(source, places),
		);
	}
	makeEsp32(places);
}

function byList(source: string, places: Places): string {
	return sharedByList(source, { program: { specifier: programName, places } });
}

/** The host's modules as one, but the radio's, which is another. */
function makeEsp32(places: Places): void {
	const paths = pathsIn("hosts/esp32");
	const sources = paths.map(throughProgram);
	paths.forEach((path, index) => writeText(wayOf(path), sources[index] ?? ""));
	for (const [name, entry] of [
		["esp32.js", 'export { default } from "./hosts/esp32/main.js";\n'],
		["esp32-wifi.js", `export { ChipWiFi } from "./${replaceable}";\n`],
	] as const) {
		keptText(posix.join(folder, name), [version, entry, [...places].join(), ...sources], () => {
			const source = bundled(entry, join(deviceFolder, folder), {}, sources);
			return byList(shrunkProgram(source, ownMembers()), places);
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
	return exports.set(libraryName, exportsOf(libraryName));
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
function throughProgram(path: string): string {
	return renamedMembers(fieldsByConstructors(deviceModule(path)), memberNames()).replaceAll(
		/^import \{ (.*) \} from "(\.[^"]*)";$/gm,
		(statement, list: string, specifier: string) => {
			const way = wayOf(join(dirname(path), specifier));
			if (inProgram.test(way)) {
				return `import { ${list} } from "${programName}";`;
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
