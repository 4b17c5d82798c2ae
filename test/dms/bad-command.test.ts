/** Every command, typed wrongly: one sentence, exit code 1, and nothing is changed. */

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { commandPaths, createTool, type Tool } from "./tool.js";

/** All commands that do something, with the usage that their help shows. */
async function commandsOf(tool: Tool): Promise<string[][]> {
	const found: string[][] = [];
	for (const path of commandPaths()) {
		const { out } = await tool.run(...path, "--help");
		found.push([...path, /^Usage: opendms (.*)/.exec(out)?.[1] ?? ""]);
	}
	return found;
}

async function assertRefused(tool: Tool, words: readonly string[], rule?: string): Promise<void> {
	const about = words.join(" ").slice(0, 200);
	const person = await tool.run(...words);
	assert.deepEqual([person.code, person.out], [1, ""], about);
	assert.match(person.error, /^opendms: [^\n\p{Cc}]*[.:]( [^\n\p{Cc}]*)?\n$/u, about);
	assert.doesNotMatch(person.error, / at .*:\d+|SQLITE|undefined|NaN/, about);
	const program = await tool.run(...words, "--json");
	assert.deepEqual([program.code, program.out], [1, ""], about);
	const { error } = JSON.parse(program.error);
	if (rule !== undefined) assert.equal(error.rule, rule, about + ": " + error.message);
	assert.notEqual(error.rule, "fault", about + ": " + error.message);
}

test("too few words, too many, and an option that isn't there", async (context) => {
	const tool = createTool(context);
	const commands = await commandsOf(tool);
	assert.ok(commands.length > 30, commands.length + " commands");
	for (const command of commands) {
		const usage = command.at(-1) ?? "";
		const words = command.slice(0, -1);
		const needed = [...usage.matchAll(/<[^>]*>/g)].map(() => "x");
		const optional = [...usage.matchAll(/\[(?!options)[^\]]*\]/g)].map(() => "x");
		await assertRefused(tool, [...words, ...needed, "--nonsense"], "usage");
		if (needed.length > 0) await assertRefused(tool, [...words, ...needed.slice(1)], "usage");
		if (usage.includes("...")) continue;
		await assertRefused(tool, [...words, ...needed, ...optional, "x"], "usage");
	}
});

/** Which no name may be, not even a loose one. */
const noNames = ["", "\u001b[2J", "a\nb", "../x", "a/b", "a\0b", "x".repeat(65), "x".repeat(1e5)];
const names = [...noNames, " ", "A B", "\u00e9"];
const noHosts = names.filter((name) => name.length !== 65);
const durations = ["", "1", "d", "-1d", "1.5d", "1e3d", "0d", "9999999999d", "1y", "\u0661d"];
const counts = ["", "0", "-1", "1.5", "1e3", "x", "9999999999"];
const versions = ["", "1", "1.2.3", "1.2.3.4.5", "1.2.3.65536", "01.2.3.4", "1.2.3.x"];
const places = ["", "x", "1.2.3.4", "1.2.3.4:65536", "1.2.3.4:-1", "localhost:1", "[::1]", ":1"];
const addresses = ["", "a b", "a:0", "a:65536", "http://a", "a/b", "x".repeat(107), "\u00e9"];

test("values that are none", async (context) => {
	const tool = createTool(context);
	await tool.run("user", "add", "alice");
	const about = ["--title", "Lamp", "--platform", "esp32", "--owner", "alice"];
	await tool.run("product", "add", "LAMP", ...about);
	const before = JSON.stringify(await tool.json("audit"));
	const wrong: string[][] = [
		...names.map((name) => ["user", "add", name]),
		...names.map((name) => ["user", "remove", name]),
		...names.map((name) => ["product", "add", name, ...about]),
		...names.map((name) => ["product", "show", name]),
		...names.map((name) => ["product", "share", "LAMP", name]),
		...names.map((name) => ["token", "claim", name]),
		...names.map((name) => ["token", "revoke", name]),
		...names.map((name) => ["device", "show", name]),
		...names.map((name) => ["bundle", "list", name]),
		...names.map((name) => ["bundle", "tag", "LAMP", "1.0.0.0", name]),
		...["", "\u001b[2J", "a\nb", "x".repeat(1e5)].map((title) => [
			...["product", "add", "OTHER", "--title", title, "--platform", "esp32", "--owner", "alice"],
		]),
		...durations.map((life) => ["token", "claim", "alice", "--expires", life]),
		...durations.map((interval) => ["product", "interval", "LAMP", interval]),
		...counts.map((uses) => ["token", "activation", "alice", "LAMP", "--uses", uses]),
		...counts.map((limit) => ["audit", "--limit", limit]),
		...versions.map((version) => ["product", "floor", "LAMP", version]),
		...versions.map((version) => ["bundle", "show", "LAMP", version]),
		...["", "0", "g".repeat(40), "01".repeat(21)].map((uuid) => [
			"token",
			"provision",
			"--uuid",
			uuid,
		]),
		...places.map((place) => ["serve", "--address", "a", "--listen", place]),
		...addresses.map((address) => ["serve", "--address", address, "--listen", "127.0.0.1:0"]),
		...noHosts.map((name) => ["cert", "issue", name, "--out", tool.folder]),
	];
	for (const words of wrong) await assertRefused(tool, words);
	assert.equal(JSON.stringify(await tool.json("audit")), before);
});

test("files and folders that are none", async (context) => {
	const tool = createTool(context);
	await tool.run("user", "add", "alice");
	const at = (name: string) => join(tool.folder, name);
	writeFileSync(at("empty"), "");
	writeFileSync(at("noise"), Buffer.alloc(10_000, 0xa5));
	mkdirSync(at("folder"));
	writeFileSync(join(at("folder"), "opendms.db"), Buffer.alloc(10_000, 0xa5));
	const keys = ["--keys", at("keys")];
	for (const name of ["none", "empty", "noise", "folder"]) {
		await assertRefused(tool, ["product", "key", at(name)]);
		await assertRefused(tool, ["bundle", "publish", at(name)]);
		await assertRefused(tool, ["--data", at("new"), "restore", at(name)]);
		const made = ["--product", "LAMP", "--platform", "esp32", "--version", "1.0.0.0"];
		await assertRefused(tool, ["bundle", "build", at(name), ...made, ...keys]);
	}
	for (const name of ["empty", "noise", "folder"]) {
		await assertRefused(tool, ["--data", at(name), "user", "list"]);
		await assertRefused(tool, ["backup", at(name)]);
	}
	for (const name of noNames) {
		await assertRefused(tool, ["key", "show", name, ...keys]);
		await assertRefused(tool, ["key", "platform", name, ...keys]);
		await assertRefused(tool, ["key", "product", name, "--platform", "esp32", ...keys]);
	}
	assert.equal(readFileSync(at("empty"), "utf8"), "");
});
