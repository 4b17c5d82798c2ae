/** What has made a terminal raw gives it back when it is ended by a hang-up. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { atTerminal, noTerminal } from "./terminal.js";

test("a hang-up ends a board, the terminal is restored", { skip: noTerminal }, async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-hang-up-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	const hangUp = (): string => {
		const holder = readFileSync(join(folder, "state", "board-1.pid"), "utf8");
		process.kill(Number.parseInt(holder), "SIGHUP");
		return "";
	};
	const words = ["opendms-board", "--processor", "v8", "--state", "state"];
	const { shown, code, isRestored } = await atTerminal(folder, words, [[/\[Ready\]/, hangUp]]);
	assert.deepEqual([code, isRestored], [129, true], shown);
});
