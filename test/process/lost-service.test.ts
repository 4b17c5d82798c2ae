/** The service of `npm start` and of the demo is a process of its own, and may end. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../../example/local-service.js";
import { commandOf } from "./commands.js";
import { Spawned } from "./spawned.js";

const skip = !existsSync("/proc/self/task") && "only Linux tells who a process's children are";

for (const [name, sign] of [
	["start", /\[Ready\]/],
	["demo", /set wlan\.ssid/],
] as const) {
	test(name + " ends with a sentence when its service has ended", { skip }, async (context) => {
		const folder = mkdtempSync(join(tmpdir(), "opendms-lost-"));
		context.after(() => rmSync(folder, { recursive: true }));
		const environment = { OPENDMS_STATE: "state", OPENDMS_PORT: String(await freePort()) };
		const input = { pipe: "", isKept: true };
		const spawned = new Spawned({ command: commandOf([name]), folder, input, environment });
		await spawned.until(sign);
		process.kill(childOf(spawned.child.pid ?? 0), "SIGKILL");
		const { code, error } = await spawned.ended;
		assert.equal(code, 1);
		assert.match(error, /^The service has ended by itself: SIGKILL\.\n$/m);
	});
}

/** The one that serves: `npm start` has no other child by then. */
function childOf(process: number): number {
	return Number(readFileSync(`/proc/${process}/task/${process}/children`, "utf8").trim());
}
