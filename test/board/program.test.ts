/** The device program as one module: what is in it, and who finds what of it by which name. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { initSync, parse } from "es-module-lexer";
import { forOtherHosts, shared } from "../../hosts/board/compact/contract.js";
import { makeDeviceModules } from "../../hosts/board/compact/firmware.js";
import { deviceModule } from "../../hosts/board/compact/device-module.js";
import { throughList } from "../../hosts/board/compact/exports.js";
import { buildFolder, deviceFolder } from "../../hosts/board/compact/kept.js";
import { boardPlaces, boardProgram } from "../../hosts/board/compact/program.js";

test("the program exports nothing but its list", () => {
	assert.deepEqual(importsAndExports(boardProgram()), [[], ["default"]]);
});

function importsAndExports(source: string): [imports: string[], exports: string[]] {
	initSync();
	const [imports, exports] = parse(source);
	return [imports.map(({ n }) => n ?? ""), exports.map(({ n }) => n).sort()];
}

test("nothing at the program's top is a variable, which flash can't hold", () => {
	assert.doesNotMatch(boardProgram(), /^(export )?(let|var|function) /m);
});

/** What has an index in a program's list, and which of these are its functions. */
function listIn(program: string): { items: Set<number>; functions: Set<number> } {
	const numbers = (pattern: RegExp): number[] =>
		[...program.matchAll(pattern)].map(([, index]) => Number(index));
	const [literal = ""] = /^const shared = \{\n[^]*?\n\};$/m.exec(program) ?? [];
	const functions = new Set(
		[...literal.matchAll(/^(?:async )?(\d+)\(/gm)].map(([, index]) => Number(index)),
	);
	return { items: new Set([...functions, ...numbers(/^shared\[(\d+)\] = /gm)]), functions };
}

test("each program has in its list what hosts, apps and other hosts import of it", () => {
	makeDeviceModules();
	const read = (way: string) => readFileSync(join(deviceFolder, "firmware", way), "utf8");
	const hosts = ["esp32.js", "esp32-wifi.js", "hosts/lin/main.js", "hosts/lin/wifi.js"];
	const modules = ["message-pack.js", ...shared, ...forOtherHosts].map(read);
	const places = (text: string, pattern: RegExp): number[] =>
		[...text.matchAll(pattern)].map(([, index]) => Number(index)).filter((index) => index < 1000);
	const called = [
		...modules.flatMap((text) => places(text, /program\[(\d+)\]\.bind/g)),
		...hosts.map(read).flatMap((text) => places(text, /(?:this|shared)\[(\d+)\]\(/g)),
	];
	// Whoever has a function as a value would call it without its list.
	const values = [
		...modules.flatMap((text) => places(text, /program\[(\d+)\];/g)),
		...hosts.map(read).flatMap((text) => places(text, /(?:this|shared)\[(\d+)\](?!\()/g)),
	];
	assert.ok(called.length > 30 && values.length > 3, `${called.length} ${values.length}`);
	for (const way of ["program.js", "program-machine.js", "program-no-updates.js"]) {
		const { items, functions } = listIn(read(way));
		assert.deepEqual(
			[...called, ...values].filter((index) => !items.has(index)),
			[],
			way,
		);
		assert.deepEqual(
			values.filter((index) => functions.has(index)),
			[],
			way,
		);
	}
});

test("modules for apps and other hosts export the sources' own names", () => {
	makeDeviceModules();
	for (const way of [...shared, ...forOtherHosts]) {
		const source = readFileSync(join(deviceFolder, "firmware", way), "utf8");
		const [, own] = importsAndExports(deviceModule(join(buildFolder, way)));
		assert.deepEqual(importsAndExports(source), [["opendms/program"], own], way);
	}
});

test("what an app imports is as it is in the sources", async () => {
	boardProgram();
	const program = pathToFileURL(join(deviceFolder, "board-program.js")).href;
	for (const way of shared) {
		const text = throughList(way, program, boardPlaces());
		const made = await import("data:text/javascript," + encodeURIComponent(text));
		const own = await import(pathToFileURL(join(buildFolder, way)).href);
		for (const [name, value] of Object.entries<unknown>(own)) {
			assert.equal(typeof made[name], typeof value, name);
			if (typeof value === "object") assert.deepEqual(made[name], value);
		}
	}
	const bytes = await import(
		"data:text/javascript," +
			encodeURIComponent(throughList("src/encoding/bytes.js", program, boardPlaces()))
	);
	assert.deepEqual(
		bytes.concatenate(bytes.fromHex("0a"), bytes.fromBase64("/w==")),
		Uint8Array.of(10, 255),
	);
});
