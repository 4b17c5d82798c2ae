/** `opendms console` at a person's terminal, and when somebody stops it. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { commandOf } from "./commands.js";
import { type Device, deviceAtPty, deviceAtTcp, noPty, otherAtTcp } from "./device.js";
import { Spawned } from "./spawned.js";
import { atTerminal, noTerminal } from "./terminal.js";

const escape = "\x1d";
const interrupt = "\x03";
const welcome = /Ctrl-\] ends it\./;

function folderOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-console-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

type Open = (context: TestContext, folder: string) => Promise<Device>;

const kinds: readonly (readonly [name: string, open: Open, skip: string | false])[] = [
	["TCP", (context) => deviceAtTcp(context), noTerminal],
	["a pseudo-terminal", deviceAtPty, noTerminal || noPty],
];

for (const [name, open, skip] of kinds) {
	describe("at a terminal, over " + name, { skip, concurrency: 2 }, () => {
		test("what is typed is done, Ctrl-] ends it, the terminal is restored", async (context) => {
			const folder = folderOf(context);
			const { place } = await open(context, folder);
			const { shown, code, isRestored } = await atTerminal(
				folder,
				["opendms", "console", place],
				[
					[welcome, "get dms.provision.status\r"],
					[/status[\r\n]+0[\r\n]+> $/, escape],
				],
			);
			assert.deepEqual([code, isRestored], [0, true], shown);
		});

		test("Ctrl-C is the device's", async (context) => {
			const folder = folderOf(context);
			const { place } = await open(context, folder);
			const { shown, code, isRestored } = await atTerminal(
				folder,
				["opendms", "console", place],
				[
					[welcome, "get wlan" + interrupt],
					[/get wlan[^]*> $/, "version\r"],
					[/OPENDMS-CONSOLE-1\.2\.3\.4/, escape],
				],
			);
			assert.deepEqual([code, isRestored], [0, true], shown);
		});

		test("a cable that is pulled ends it with a sentence", async (context) => {
			const folder = folderOf(context);
			const device = await open(context, folder);
			const cut = (): string => {
				device.cut();
				return "";
			};
			const words = ["opendms", "console", device.place];
			const { shown, code, isRestored } = await atTerminal(folder, words, [[welcome, cut]]);
			assert.deepEqual([code, isRestored], [1, true], shown);
			assert.match(shown, /opendms: The port was closed\./);
		});
	});
}

/** A device in human format that begins a command, and never ends it. */
function stuck(heard: string): string | void {
	if (heard === "\r\n") return "\r\nReady\r\n> ";
	if (heard.endsWith("machine\r\n")) return "R000008\r\nSet OK\r\n";
	if (heard.endsWith("human\r\n")) return "Set OK\r\n> ";
}

test("Ctrl-C while a device is looked for ends it", { skip: noTerminal }, async (context) => {
	const { place, heard } = await otherAtTcp(context);
	const command = ["opendms", "console", place, "version"];
	const steps = [[/begin/, () => heard(/\r\n/).then(() => interrupt)]] as const;
	const { shown, code, isRestored } = await atTerminal(folderOf(context), command, steps);
	assert.deepEqual([code, isRestored], [130, true], shown);
});

test("Ctrl-C while a command runs gives the format back", { skip: noTerminal }, async (context) => {
	const { place, heard } = await otherAtTcp(context, stuck);
	const command = ["opendms", "console", place, "dms_provision"];
	const steps = [[/begin/, () => heard(/dms_provision\r\n/).then(() => interrupt)]] as const;
	const { shown, code, isRestored } = await atTerminal(folderOf(context), command, steps);
	assert.deepEqual([code, isRestored], [130, true], shown);
	await heard(/dms_provision\r\nset system\.cmd\.format human\r\n$/);
});

test("a signal while a command is waited for on standard input ends it", async (context) => {
	const { place } = await deviceAtTcp(context);
	const command = commandOf(["opendms", "console", place]);
	const input = { pipe: "version\n", isKept: true };
	const spawned = new Spawned({ command, folder: folderOf(context), input });
	await spawned.until(/OPENDMS-CONSOLE/);
	spawned.child.kill("SIGTERM");
	assert.equal((await spawned.ended).code, 143);
});
