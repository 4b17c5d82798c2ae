/** `npm start` beside another: what it says is what there is to do. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ownState } from "../../hosts/board/state-lock.js";
import { commandOf } from "./commands.js";
import { ended, type Ended } from "./spawned.js";

function folderOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-second-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

function start(folder: string, port: number): Promise<Ended> {
	const environment = { OPENDMS_STATE: "state", OPENDMS_PORT: String(port) };
	return ended({ command: commandOf(["start"]), folder, environment });
}

async function takenPort(context: TestContext): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	context.after(() => server.close());
	await once(server, "listening");
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}

test("on the same state it ends before it begins a service, on any port", async (context) => {
	const folder = folderOf(context);
	ownState(join(folder, "state", "board"));
	const { code, out, error } = await start(folder, await takenPort(context));
	assert.deepEqual([code, out], [1, ""]);
	assert.match(error, /^Another board runs on state\/board, in process \d+\. End it, or take /);
	assert.match(error, / OPENDMS_STATE=other OPENDMS_PORT=9443 npm start \(if that is no board, /);
	assert.equal(existsSync(join(folder, "state", "dms")), false);
});

test("on a port in use it names the way to another", async (context) => {
	const { code, error } = await start(folderOf(context), await takenPort(context));
	assert.equal(code, 1);
	assert.match(error, /^Port \d+ is in use\. Take another: OPENDMS_PORT=9443 npm start\n$/);
});
