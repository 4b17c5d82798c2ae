/** A process that the system allows few open files, and so few connections. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { getPlain } from "./connection.js";
import { createNonce } from "./protocol-device.js";
import { createTool } from "./tool.js";
import { toolScript } from "../../example/tool-script.js";

const main = toolScript("opendms");
const files = 640;
const skip = process.platform !== "linux" && "only Linux tells the limit";

test(
	"with few open files, connections above them are refused and counted",
	{ skip },
	async (context) => {
		const tool = createTool(context);
		const where = ["--address", "dms.example.com:8443", "--listen", "127.0.0.1:0", "--no-api"];
		const words = ["--json", "--data", tool.data, "serve", ...where];
		const script = `ulimit -n ${files}; exec "$@"`;
		const child = spawn("sh", ["-c", script, "sh", process.execPath, main, ...words]);
		context.after(() => child.kill("SIGKILL"));
		let error = "";
		child.stderr.on("data", (text) => (error += text));
		const [line] = await once(createInterface({ input: child.stdout }), "line");
		const port = Number(/"port":(\d+)/.exec(String(line))?.[1]);
		const within = files - 128;
		assert.match(
			error,
			new RegExp(`process takes ${within} connections at a time\\. .*LimitNOFILE`),
		);
		const sockets: Socket[] = [];
		let closed = 0;
		for (let count = 0; count < files; count++) {
			const socket = connect({
				host: "127.0.0.1",
				port,
				localAddress: "127.0.1." + (1 + (count % 9)),
			});
			socket.on("error", () => undefined);
			socket.on("close", () => closed++);
			sockets.push(socket);
		}
		while (closed < files - within) await new Promise(setImmediate);
		assert.equal(closed, files - within);
		assert.match(error, /"limit":"connections"/);
		await Promise.all(
			sockets.map(
				async (socket) => socket.destroyed || (socket.destroy(), await once(socket, "close")),
			),
		);
		const listener = { host: "127.0.0.1", port, close: async () => {} };
		for (;;) {
			const hello = getPlain(listener, "/hello?nonce=" + createNonce()).catch(() => undefined);
			if ((await hello)?.status === 200) break;
		}
		child.kill();
		assert.deepEqual(await once(child, "close"), [0, null]);
	},
);

test("a command that may open too few files says which limit it was", { skip }, async (context) => {
	const tool = createTool(context);
	await tool.run("--data", tool.data, "init", "--address", "dms.example.com:8443");
	let told = 0;
	for (let limit = 30; ; limit--) {
		const script = `ulimit -n ${limit}; exec "$@"`;
		const words = [process.execPath, main, "--data", tool.data, "user", "list"];
		const child = spawn("sh", ["-c", script, "sh", ...words]);
		let error = "";
		child.stderr.on("data", (text) => (error += text));
		const [code] = await once(child, "close");
		if (code === 0) continue;
		if (!error.startsWith("opendms: ")) break; // Node itself needs more of them.
		assert.match(error, /^opendms: Too many files are open\. Raise the limit: ulimit -n/);
		told++;
	}
	assert.ok(told > 0);
});
