/** `opendms serve --workers`: processes that share a port and a database, and die. */

import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { watchWorker } from "../../hosts/dms/cli/worker-watch.js";
import { provisionReplyOf, type Reply } from "./bench.js";
import { createClock } from "./clock.js";
import { sendThroughTls } from "./connection.js";
import { createDevice, type Draft } from "./protocol-device.js";
import { createTool, type Serving } from "./tool.js";

const somewhere = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0"];

function portOf({ line }: Serving): number {
	return Number(/"port":(\d+)/.exec(line)?.[1]);
}

function linesOf(text: string): string[] {
	return text.split("\n").slice(0, -1);
}

/** The process that has written a line of the log. */
function workerOf(line: string): number[] {
	const { worker }: { worker?: number } = JSON.parse(line);
	return worker === undefined ? [] : [worker];
}

test("workers answer as one service, and SIGTERM ends all of them", async (context) => {
	const tool = createTool(context);
	const serving = await tool.serve("--json", "--workers", "2", ...somewhere);
	const authority = await tool.authority();
	const listener = { host: "127.0.0.1", port: portOf(serving), close: async () => {} };
	const send = (draft: Draft): Promise<Reply> => sendThroughTls(listener, draft, authority);
	const clock = createClock(Date.now());
	const servers = new Set<string>();
	// Who is free takes a connection: for some time that may always be the same one.
	while (new Set(linesOf(serving.error).flatMap(workerOf)).size < 2) {
		const device = createDevice(clock);
		const { token } = await tool.json("token", "provision");
		const draft = device.provision(String(token));
		const replies = await Promise.all([draft, draft, draft, draft].map(send));
		for (const reply of replies) {
			assert.deepEqual(provisionReplyOf(reply), provisionReplyOf(replies[0] ?? reply));
			servers.add(/keyid="([^"]+)"/.exec(reply.headers.get("signature-input") ?? "")?.[1] ?? "");
		}
	}
	assert.equal(servers.size, 1, "all sign with one key");
	const { code, error } = await serving.stop();
	assert.equal(code, 0, error);
});

test("a worker that is killed is replaced, and the others go on", async (context) => {
	const tool = createTool(context);
	const serving = await tool.serve("--json", "--workers", "2", ...somewhere);
	const authority = await tool.authority();
	const listener = { host: "127.0.0.1", port: portOf(serving), close: async () => {} };
	const device = createDevice(createClock(Date.now()));
	const { token } = await tool.json("token", "provision");
	const draft = device.provision(String(token));
	const workers = (): number[] => [...new Set(linesOf(serving.error).flatMap(workerOf))];
	const answers: Reply[] = [];
	const sendUntil = async (count: number): Promise<void> => {
		while (workers().length < count) {
			const send = () => sendThroughTls(listener, draft, authority).catch(() => undefined);
			const replies = await Promise.all([send(), send(), send(), send()]);
			answers.push(...replies.filter((reply) => reply !== undefined));
		}
	};
	await sendUntil(2);
	const [killed = 0] = workers();
	process.kill(killed, "SIGKILL");
	await sendUntil(3);
	for (const reply of answers) assert.deepEqual(reply.bytes, answers[0]?.bytes);
	const { code, error } = await serving.stop();
	assert.equal(code, 0, error);
	assert.match(
		error,
		/"worker \d+","error":"it ended with SIGKILL, and another one takes its place"/,
	);
});

/** A worker's end of the talk: it answers while it is told to. */
class FakeWorker extends EventEmitter {
	answers = true;

	send(message: unknown): void {
		assert.equal(typeof message, "string");
		if (this.answers) this.emit("message", "I am here");
	}
}

test("a worker that hangs for half a minute is found, one that answers late is not", (context) => {
	context.mock.timers.enable({ apis: ["setInterval"] });
	const worker = new FakeWorker();
	let hangs = 0;
	watchWorker(worker, () => hangs++);
	const pass = (seconds: number): void => {
		for (let second = 0; second < seconds; second++) context.mock.timers.tick(1_000);
	};
	pass(600);
	worker.answers = false;
	pass(25);
	worker.answers = true;
	pass(600);
	worker.answers = false;
	pass(29);
	assert.equal(hangs, 0);
	pass(600);
	assert.equal(hangs, 1);
});

test("workers that can't start say why once, and end", async (context) => {
	const tool = createTool(context);
	const serving = await tool.serve("--json", ...somewhere);
	const place = "127.0.0.1:" + portOf(serving);
	const second = await tool.spawn("serve", "--workers", "2", "--listen", place);
	assert.deepEqual([second.code, second.out], [1, ""]);
	assert.match(second.error, /^opendms: \S+ is in use\. Stop what uses it, .*\n$/);
	await serving.stop();
});
