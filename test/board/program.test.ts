/** The device program as one module: what is in it, and who finds what of it by which name. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { init, parse } from "es-module-lexer";
import { forOtherHosts, shared } from "../../hosts/board/compact/contract.js";
import { makeDeviceModules } from "../../hosts/board/compact/firmware.js";
import { deviceFolder } from "../../hosts/board/compact/kept.js";
import { boardProgram, exportsOf } from "../../hosts/board/compact/program.js";

test("the program exports its start, the library, and what an app can import", async () => {
	await init;
	const names = ["run", "decode", "encode", ...shared.flatMap((way) => exportsOf(way))];
	const [imports, exports] = parse(boardProgram());
	assert.deepEqual(imports, []);
	assert.deepEqual(exports.map(({ n }) => n).sort(), names.sort());
});

test("nothing at the program's top is a variable, which flash can't hold", () => {
	assert.doesNotMatch(boardProgram(), /^(export )?(let|var|function) /m);
});

test("each program exports what hosts, apps and other hosts import of it", async () => {
	await init;
	makeDeviceModules();
	const read = (way: string) => readFileSync(join(deviceFolder, "firmware", way), "utf8");
	const importers = [
		...["esp32.js", "esp32-wifi.js", "hosts/lin/main.js", "hosts/lin/wifi.js", "message-pack.js"],
		...[...shared, ...forOtherHosts],
	];
	const list = /\{ (.*) \} from "opendms\/program"/g;
	const imported = importers.flatMap((way) =>
		[...read(way).matchAll(list)].flatMap(([, names = ""]) =>
			names.split(", ").map((name) => name.replace(/ as .*/, "")),
		),
	);
	assert.ok(imported.length > importers.length);
	for (const way of ["program.js", "program-machine.js", "program-no-updates.js"]) {
		const exported = new Set(parse(read(way))[1].map(({ n }) => n));
		assert.deepEqual(
			imported.filter((name) => !exported.has(name)),
			[],
			way,
		);
	}
});

test("modules for apps and other hosts export the sources' own names", async () => {
	await init;
	makeDeviceModules();
	for (const way of [...shared, ...forOtherHosts]) {
		const source = readFileSync(join(deviceFolder, "firmware", way), "utf8");
		assert.deepEqual(
			parse(source)[1]
				.map(({ n }) => n)
				.sort(),
			exportsOf(way),
			way,
		);
	}
});
