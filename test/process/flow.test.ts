/** A board whose line somebody sends more over, or says more on, than it carries or others read. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { commandOf } from "./commands.js";
import { type Input, Spawned } from "./spawned.js";

/** More than every buffer on the way has room for, and an hour's worth for the line. */
const megabyte = 2 ** 20;
const much = Buffer.alloc(32 * megabyte, "version\r");
/** It has been read for so long that the receiver has run over. */
const overflow = /Overflow/;

function folderOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-flow-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

function board(context: TestContext, folder: string, uart: string, input: Input): Spawned {
	const words = ["opendms-board", "--processor", "v8", "--state", "state", "--uart", uart];
	const spawned = new Spawned({ command: commandOf(words), folder, input });
	context.after(() => spawned.child.kill("SIGKILL"));
	return spawned;
}

async function until(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<void> {
	let said = "";
	for await (const bytes of stream) {
		said += String(bytes);
		if (pattern.test(said)) return;
	}
}

test("input without end waits for the line, and a signal ends the board", async (context) => {
	const input = { pipe: much.toString(), isKept: true };
	const spawned = board(context, folderOf(context), "stdio", input);
	await spawned.until(overflow);
	assert.ok((spawned.child.stdin?.writableLength ?? 0) > 31 * megabyte);
	spawned.child.kill("SIGTERM");
	assert.equal((await spawned.ended).code, 0);
});

test("a client's input without end waits for the line", async (context) => {
	const spawned = board(context, folderOf(context), "tcp:0", "nothing");
	const port = /(\d+)\n/.exec(await spawned.until(/127\.0\.0\.1:\d+\n/))?.[1];
	const socket = connect(Number(port), "127.0.0.1");
	context.after(() => socket.destroy());
	socket.write(much);
	await until(socket, overflow);
	assert.ok(socket.writableLength > 16 * megabyte); // The rest is in the system's own buffers.
	spawned.child.kill("SIGTERM");
	assert.equal((await spawned.ended).code, 0);
});
