/** A program that loops inside the engine's own C: the person at the board hears of it. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { toolScript } from "../../example/tool-script.js";

const main = toolScript("opendms-board");
const app = `export default Object.freeze({
	start: (device) => {
		const loop = () => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);
		device.host.timer.set(loop, 100);
	},
});`;

test("a loop that counts no steps is ended by the watchdog's time", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-watchdog-"));
	context.after(() => rmSync(folder, { recursive: true }));
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
	writeFileSync(join(folder, "app.js"), app);
	const parameters = [main, "--state", join(folder, "state"), "--app", join(folder, "app.js")];
	const board = spawn(process.execPath, parameters, { stdio: ["pipe", "ignore", "pipe"] });
	context.after(() => board.kill("SIGKILL"));
	let said = "";
	for await (const bytes of board.stderr) {
		said += String(bytes);
		if (said.includes("\n")) break;
	}
	assert.match(said, /^the board restarted: watchdog/);
});
