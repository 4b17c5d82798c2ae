/** A person stops a command at a terminal, and goes on with it: `kill -STOP`, then `fg`. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commandOf } from "./commands.js";
import { Spawned } from "./spawned.js";
import { noTerminal } from "./terminal.js";

test("a board that goes on has each key again", { skip: noTerminal }, async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-stopped-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	const words = commandOf(["opendms-board", "--processor", "v8", "--state", "state"]);
	const board = words.map((word) => "'" + word + "'").join(" ");
	// As a shell at a prompt does, it has its own settings while the command is stopped.
	const shell = `set -m; ${board}; stty sane; echo stopped; fg; echo "code $?"`;
	const command = ["script", "-qefc", shell, "/dev/null"];
	const session = new Spawned({ command, folder, input: { pipe: "", isKept: true } });
	await session.until(/\[Ready\]/);
	const holder = readFileSync(join(folder, "state", "board-1.pid"), "utf8");
	process.kill(Number.parseInt(holder), "SIGSTOP");
	await session.until(/stopped\r\n/);
	session.write("set wlan.ssid again\rget wlan.ssid\r");
	await session.until(/\nagain\r/);
	session.write("\x1d");
	const { out } = await session.ended;
	assert.match(out, /code 0\r\n$/);
});
