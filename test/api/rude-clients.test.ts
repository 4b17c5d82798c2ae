/** Who asks slowly, breaks off or sends no form takes the page from nobody, and is no fault. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createApi } from "../../hosts/dms/api/api.js";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { openBench } from "../dms/bench.js";
import { createTool } from "../dms/tool.js";

const skip = process.platform !== "linux" && "only Linux has more than one address of its own";

test("one address takes a part of the connections, and no more", { skip }, async (context) => {
	const { service, log } = await openBench(context);
	const { folder } = createTool(context);
	const { key, cert } = await service.serverFiles();
	const tls = { certificate: join(folder, "api.crt"), key: join(folder, "api.key") };
	writeFileSync(tls.certificate, cert);
	writeFileSync(tls.key, key);
	const listener = await listenForApi(service, { host: "0.0.0.0", port: 0, tls });
	context.after(() => listener.close());
	const port = Number(new URL(listener.url).port);
	const sockets: Socket[] = [];
	context.after(() => sockets.forEach((socket) => socket.destroy()));
	let cut = 0;
	await new Promise<void>((resolve) => {
		for (let count = 0; count < 120; count++) {
			const socket = connect({ port, host: "127.0.0.1" });
			socket.on("error", () => undefined).resume();
			socket.once("close", () => ++cut === 20 && resolve());
			sockets.push(socket);
		}
	});
	const other = { localAddress: "127.0.0.2", rejectUnauthorized: false, agent: false };
	const [response] = (await once(get(`https://127.0.0.1:${port}/log-in`, other), "response")) as [
		IncomingMessage,
	];
	response.resume();
	assert.equal(response.statusCode, 200);
	assert.equal(cut, 20);
	const refused = log.filter(({ kind }) => kind === "refused");
	assert.equal(refused[0]?.kind === "refused" && refused[0].limit, "connections of an address");
});

test("a form that breaks off or is none is refused as such", async (context) => {
	const { service, log } = await openBench(context);
	const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const { host, port } = new URL(listener.url);
	const socket = connect({ port: Number(port), host: "127.0.0.1" });
	const head = ["POST /log-in HTTP/1.1", "host: " + host, "sec-fetch-site: same-origin"];
	const type = "content-type: application/x-www-form-urlencoded";
	socket.write([...head, type, "content-length: 1000", "", "name=alice"].join("\r\n"));
	await once(socket, "connect");
	socket.end();
	socket.resume();
	await once(socket, "close");
	const headers = { "sec-fetch-site": "same-origin", "content-type": "multipart/form-data" };
	const garbage = { method: "POST", headers, body: "no form" };
	const answer = await fetch(listener.url + "/log-in", garbage);
	assert.equal(answer.status, 422);
	assert.match(await answer.text(), /role="alert">What was sent can&#39;t be read/);
	const requests = log.flatMap((entry) => (entry.kind === "request" ? [entry] : []));
	assert.deepEqual(
		requests.map(({ status, rule }) => [status, rule]),
		[
			[422, "input"],
			[422, "input"],
		],
	);
	assert.deepEqual(
		log.filter(({ kind }) => kind === "fault"),
		[],
	);
});

test("a head that RFC 9112 refuses is refused, and HTTP/1.0 needs no host", async (context) => {
	const { service } = await openBench(context);
	const listener = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => listener.close());
	const { host, port } = new URL(listener.url);
	const ask = async (...lines: readonly string[]): Promise<string> => {
		const socket = connect({ port: Number(port), host: "127.0.0.1" });
		let answer = "";
		socket.on("data", (bytes) => (answer += String(bytes)));
		socket.end([...lines, "connection: close", "", ""].join("\r\n"));
		await once(socket, "close");
		return answer;
	};
	const [health, named] = ["GET /healthz HTTP/1.1", "host: " + host];
	assert.match(await ask(health, named), /^HTTP\/1\.1 200 .*ok\n$/s);
	assert.match(await ask(health, named, named), /^HTTP\/1\.1 400 /);
	assert.match(await ask(health, "host: evil.example", named), /^HTTP\/1\.1 400 /);
	for (const coding of ["gzip, chunked", "identity, chunked"]) {
		assert.match(await ask(health, named, "transfer-encoding: " + coding), /^HTTP\/1\.1 501 /);
	}
	assert.match(await ask(health), /^HTTP\/1\.1 400 /);
	assert.match(await ask("GET /readyz HTTP/1.0"), /^HTTP\/1\.1 200 .*ok\n$/s);
	assert.match(await ask("GET /readyz HTTP/1.0", "host: evil.example"), /^HTTP\/1\.1 421 /);
});

test("another method is told those that there are", async (context) => {
	const { service } = await openBench(context);
	const { request } = createApi(service);
	for (const [method, path, allowed] of [
		["OPTIONS", "/api/v1/users", "GET, HEAD, POST"],
		["PATCH", "/api/v1/products/A.B/stepping-stones/1", "DELETE"],
		["POST", "/healthz", "GET, HEAD"],
		["DELETE", "/api/v1/nothing", null],
	] as const) {
		const { status, headers } = await request("http://127.0.0.1:8444" + path, { method });
		assert.deepEqual([status, headers.get("allow")], [allowed === null ? 404 : 405, allowed]);
	}
});
