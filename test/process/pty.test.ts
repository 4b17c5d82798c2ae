/** The pseudo-terminal of a board's line, with nobody at one end of it, and its link. */

import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { constants, existsSync, mkdtempSync, readlinkSync, rmSync, watch } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { test, type TestContext } from "node:test";
import { ptyPath } from "../../hosts/board/xs/build/native.js";
import { noPty } from "./device.js";

type Pty = ChildProcessByStdio<Writable, Readable, null>;

const limits = { skip: noPty, timeout: 60_000 };

function linkOf(context: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-pty-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	return join(folder, "serial");
}

async function begin(context: TestContext, link: string): Promise<Pty> {
	const watcher = watch(join(link, ".."));
	const pty = spawn(ptyPath, [link], { stdio: ["pipe", "pipe", "inherit"] });
	context.after(() => pty.kill("SIGKILL"));
	do await once(watcher, "change");
	while (!existsSync(link));
	watcher.close();
	return pty;
}

function written(stream: Writable, bytes: Buffer): Promise<void> {
	return new Promise((resolve, reject) => {
		stream.write(bytes, (error) => (error ? reject(error) : resolve()));
	});
}

test("what nobody at the port reads holds nobody up", limits, async (context) => {
	const link = linkOf(context);
	const pty = await begin(context, link);
	await written(pty.stdin, Buffer.alloc(2 ** 20, "said to nobody\r\n"));
	const port = await open(link, constants.O_RDWR | constants.O_NOCTTY);
	await port.write("heard");
	const [bytes]: Buffer[] = await once(pty.stdout, "data");
	assert.equal(String(bytes), "heard");
	await written(pty.stdin, Buffer.from("the last"));
	let said = "";
	while (!said.endsWith("the last")) {
		const { buffer, bytesRead } = await port.read(Buffer.alloc(4096));
		said += buffer.toString("utf8", 0, bytesRead);
	}
	await port.close();
});

test("what nobody takes from the port waits, and the port can be read", limits, async (context) => {
	const link = linkOf(context);
	const pty = await begin(context, link);
	const port = await open(link, constants.O_RDWR | constants.O_NOCTTY);
	const much = Buffer.alloc(2 ** 20, "typed by nobody\r\n");
	const typed = port.write(much);
	await written(pty.stdin, Buffer.from("answer"));
	const { buffer, bytesRead } = await port.read(Buffer.alloc(100));
	assert.equal(buffer.toString("utf8", 0, bytesRead), "answer");
	let taken = 0;
	for await (const bytes of pty.stdout) {
		taken += Buffer.from(bytes).length;
		if (taken === much.length) break;
	}
	await typed;
	await port.close();
});

test("a link that another has made anew is the other's", limits, async (context) => {
	const link = linkOf(context);
	const former = await begin(context, link);
	const pty = await begin(context, link);
	const target = readlinkSync(link);
	former.stdin.end();
	await once(former, "exit");
	assert.equal(readlinkSync(link), target);
	pty.kill("SIGHUP");
	await once(pty, "exit");
	assert.equal(existsSync(link), false);
});
