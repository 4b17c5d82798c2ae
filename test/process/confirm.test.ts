/** A person is asked before what can't be taken back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf } from "./commands.js";
import { makeTemplate } from "./place.js";
import { ended } from "./spawned.js";
import { atTerminal, noTerminal } from "./terminal.js";

const ctrlC = "\x03";

test("who doesn't say yes has changed nothing", { skip: noTerminal }, async (context) => {
	const template = await makeTemplate();
	context.after(() => template.remove());
	const folder = template.copy();
	const { uuid = "" } = template.names;
	const words = ["opendms", "device", "delete", uuid.slice(0, 8)];
	const question = /will never be served again, by any identity\. Go on\? \(y\/N\) /;
	for (const [typed, code, said] of [
		[ctrlC, 1, /Nothing was done\./],
		["y\n", 0, new RegExp("Device " + uuid + " deleted\\.")],
	] as const) {
		const session = await atTerminal(folder, words, [[question, typed]]);
		assert.match(session.shown, said);
		assert.deepEqual([session.code, session.isRestored], [code, true]);
	}
	const command = commandOf(["opendms", "device", "list"]);
	assert.equal((await ended({ command, folder })).out, "None.\n");
});
