/** One board at a time on a state folder, however many begin at once. */

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Spawned } from "./spawned.js";

const folders = 60;
const lock = new URL("../../hosts/board/state-lock.js", import.meta.url);

/**
 * Asks for each folder in turn, as closely as it can to `together - 1` others who do: they wait for
 * each other by files in the folder above. Says which it has, and lives on until its input ends.
 */
const contender = `
import { existsSync, writeFileSync } from "node:fs";
const [lock, place, name, others] = process.argv.slice(1);
const { ownState } = await import(lock);
process.setMaxListeners(0);
const had = [];
for (let index = 0; index < ${folders}; index++) {
	writeFileSync(place + "/" + name + "-" + index, "");
	for (const other of others.split(",")) while (!existsSync(place + "/" + other + "-" + index));
	try {
		ownState(place + "/state-" + index);
		had.push(index);
	} catch (error) {
		if (!error.message.startsWith("Another board")) throw error;
	}
}
console.log("has " + had.join(" ") + ".");
process.stdin.resume();
`;

function begin(place: string, name: string, others: readonly string[]): Spawned {
	const code = ["--input-type=module", "-e", contender];
	const words = [fileURLToPath(lock), place, name, others.join(",")];
	const command = [process.execPath, ...code, ...words];
	return new Spawned({ command, folder: place, input: { pipe: "", isKept: true } });
}

async function had(contender: Spawned): Promise<number[]> {
	const said = await contender.until(/has .*\.\n/);
	return (/has (.*)\./.exec(said)?.[1] ?? "").split(" ").filter(Boolean).map(Number);
}

function placeOf(context: TestContext): string {
	const place = mkdtempSync(join(tmpdir(), "opendms-lock-"));
	context.after(() => rmSync(place, { recursive: true, force: true }));
	for (let index = 0; index < folders; index++) mkdirSync(join(place, "state-" + index));
	return place;
}

test("of boards that find what a killed one has left, one has the folder", async (context) => {
	const place = placeOf(context);
	const killed = begin(place, "killed", ["killed"]);
	assert.equal((await had(killed)).length, folders);
	killed.child.kill("SIGKILL");
	await killed.ended;
	const names = ["first", "second"];
	const contenders = names.map((name) => begin(place, name, names));
	const all = (await Promise.all(contenders.map(had))).flat();
	assert.deepEqual(
		all.sort((one, other) => one - other),
		Array.from({ length: folders }, (_, index) => index),
	);
	for (const contender of contenders) contender.child.stdin?.end();
	for (const contender of contenders) assert.equal((await contender.ended).error, "");
});

test("who ends lets go, and few files are left", async (context) => {
	const place = placeOf(context);
	for (const name of ["first", "second", "third"]) {
		const contender = begin(place, name, [name]);
		assert.equal((await had(contender)).length, folders);
		contender.child.stdin?.end();
		await contender.ended;
	}
	assert.equal(readdirSync(join(place, "state-0")).length, 1);
});

test("a copy of a folder is free while a board has the folder itself", async (context) => {
	const place = placeOf(context);
	const holder = begin(place, "holder", ["holder"]);
	await had(holder);
	const copies = join(place, "copies");
	for (let index = 0; index < folders; index++) {
		const name = "state-" + index;
		cpSync(join(place, name), join(copies, name), { recursive: true });
	}
	assert.ok(existsSync(join(copies, "state-0")));
	const other = begin(copies, "other", ["other"]);
	assert.equal((await had(other)).length, folders);
	for (const { child } of [holder, other]) child.stdin?.end();
});
