import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { createLogSink } from "../../hosts/dms/cli/log-sink.js";
import { formatLogEntry } from "../../hosts/dms/log.js";
import { openBench } from "./bench.js";
import { getPlain } from "./connection.js";
import { createDevice, createNonce } from "./protocol-device.js";
import { isOnPostgres } from "./engine.js";
import { createTool } from "./tool.js";
import { toolScript } from "../../example/tool-script.js";

const main = toolScript("opendms");
const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];

test("lines that can't be written are lost, counted, and told when the log is back", () => {
	const lines: string[] = [];
	let isWritable = true;
	const sink = createLogSink((text) => {
		if (isWritable) lines.push(text);
		return isWritable;
	});
	sink("first");
	isWritable = false;
	for (let count = 0; count < 3; count++) sink("lost");
	isWritable = true;
	sink("next");
	sink("last");
	const told = "3 lines of the log were lost here.\nnext\n";
	assert.deepEqual(lines, ["first\n", told, "last\n"]);
});

for (const { name, openLog } of [
	{ name: "whose reader has gone", openLog: () => "pipe" as const },
	{ name: "on a full disk", openLog: () => openSync("/dev/full", "w") },
]) {
	test(
		"a log " + name + " ends no service",
		{ skip: !existsSync("/dev/full") },
		async (context) => {
			const { data } = createTool(context);
			const log = openLog();
			const words = [main, "--data", data, "serve", "--json", ...somewhere];
			const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", log] });
			context.after(() => child.kill("SIGKILL"));
			if (typeof log === "number") closeSync(log);
			assert.ok(child.stdout);
			const [line] = await once(createInterface({ input: child.stdout }), "line");
			child.stderr?.destroy();
			const port = Number(/"port":(\d+)/.exec(String(line))?.[1]);
			const listener = { host: "127.0.0.1", port, close: async () => {} };
			for (let count = 0; count < 5; count++) {
				const reply = await getPlain(listener, "/hello?nonce=" + createNonce());
				assert.equal(reply.status, 200);
			}
			child.kill("SIGTERM");
			const [code] = await once(child, "exit");
			assert.equal(code, 0);
		},
	);
}

test("of a full disk the log says just that, whatever had no room", () => {
	const error = Object.assign(new Error("ENOSPC: write"), { code: "ENOSPC", syscall: "write" });
	const entry = { kind: "fault", during: "pruning", error } as const;
	const said = "1970-01-01T00:00:00.000Z fault during pruning: The disk is full. ";
	assert.equal(formatLogEntry(entry, 0), said + "Make room on it. Nothing is lost.");
});

test("as JSON each line of the log is one object, faults too", async (context) => {
	const tool = createTool(context);
	const serving = await tool.serve("--log-format", "json", "--json", ...somewhere);
	const port = Number(/"port":(\d+)/.exec(serving.line)?.[1]);
	await getPlain({ host: "127.0.0.1", port, close: async () => {} }, "/nothing");
	const { error } = await serving.stop();
	const entry: unknown = JSON.parse(error);
	assert.ok(typeof entry === "object" && entry !== null);
	const { time: _, ...rest } = entry as { readonly [name: string]: unknown };
	assert.equal(rest["level"], "warning");
	assert.equal(rest["status"], 426);
	const fault = { kind: "fault", during: "x", error: new Error("a\nb") } as const;
	for (const format of ["text", "json"] as const) {
		assert.doesNotMatch(formatLogEntry(fault, 0, format), /\n/);
	}
	assert.ok(isOnPostgres || readFileSync(join(tool.data, "ca.crt")).length > 0);
});

test("an answer names its request as the log does", async (context) => {
	const bench = await openBench(context);
	const { headers } = await bench.send(createDevice(bench.clock).acknowledge());
	const entry = bench.log.at(-1);
	assert.ok(entry?.kind === "request");
	assert.match(entry.id ?? "", /^[0-9a-f]{12}$/);
	assert.equal(headers.get("request-id"), entry.id);
});
