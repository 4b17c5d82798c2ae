/** Who asks slowly, or takes nothing of an answer, has a bound; others are answered meanwhile. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectSecure } from "node:tls";
import { test, type TestContext } from "node:test";
import { type ApiPlace, listenForApi } from "../../hosts/dms/api/api-listener.js";
import { limitSlowClients } from "../../hosts/dms/api/slow-clients.js";
import type { Product } from "../../hosts/dms/administration/products.js";
import { type Bench, openBench } from "../dms/bench.js";
import { createTool } from "../dms/tool.js";

async function openListener(context: TestContext, bench: Bench, place: Partial<ApiPlace> = {}) {
	const listener = await listenForApi(bench.service, { host: "127.0.0.1", port: 0, ...place });
	context.after(() => listener.close());
	return { url: listener.url, port: Number(new URL(listener.url).port) };
}

function headOf(port: number, length: number): string {
	const lines = ["POST /log-in HTTP/1.1", "host: 127.0.0.1:" + port, "sec-fetch-site: same-origin"];
	const type = "content-type: application/x-www-form-urlencoded";
	return [...lines, type, "content-length: " + length, "", "name="].join("\r\n");
}

test("five hundred slow clients and more keep nobody out", async (context) => {
	const bench = await openBench(context);
	const { url, port } = await openListener(context, bench);
	const sockets: Socket[] = [];
	context.after(() => sockets.forEach((socket) => socket.destroy()));
	const head = headOf(port, 1_000);
	for (let count = 0; count < 520; count++) {
		const socket = connect({ port, host: "127.0.0.1" }).resume();
		socket.on("error", () => undefined);
		// One half has said its head, of others a part is there, or nothing.
		socket.write(count % 2 === 0 ? head : head.slice(0, count % 100));
		sockets.push(socket);
		await once(socket, "connect");
	}
	for (let count = 0; count < 3; count++) {
		const answer = await fetch(url + "/log-in");
		assert.equal(answer.status, 200);
		await answer.text();
	}
	assert.ok(sockets.filter(({ destroyed }) => destroyed).length < 50, "no more than it takes");
	const refused = bench.log.flatMap((entry) => (entry.kind === "refused" ? [entry.limit] : []));
	assert.equal(refused[0], "connections");
});

test("who has asked isn't cut, however many come", async (context) => {
	const bench = await openBench(context);
	let release = (_products: Product[]): void => undefined;
	const answer = new Promise<Product[]>((resolve) => (release = resolve));
	let waiting = 0;
	let onAll = (): void => undefined;
	const all = new Promise<void>((resolve) => (onAll = resolve));
	const list = (): Promise<Product[]> => {
		if (++waiting === 3) onAll();
		return answer;
	};
	const products = { ...bench.service.products, list };
	const service = { ...bench.service, products };
	const place = { host: "127.0.0.1", port: 0, limits: { connectionsMaximum: 3 } };
	const listener = await listenForApi(service, place);
	context.after(() => listener.close());
	const port = Number(new URL(listener.url).port);
	const asked = [0, 1, 2].map(() => fetch(listener.url + "/readyz"));
	await all;
	const late = connect({ port, host: "127.0.0.1" }).on("error", () => undefined);
	await once(late.resume(), "close");
	release([]);
	for (const one of asked) assert.equal((await one).status, 200);
});

for (const isSecure of [false, true]) {
	const how = isSecure ? " through TLS" : "";
	test("a request that comes too slowly is answered 408" + how, async (context) => {
		const bench = await openBench(context);
		const { folder } = createTool(context);
		const { key, cert } = await bench.service.serverFiles();
		const tls = { certificate: join(folder, "api.crt"), key: join(folder, "api.key") };
		writeFileSync(tls.certificate, cert);
		writeFileSync(tls.key, key);
		const limits = { requestMilliseconds: 300 };
		const place = { limits, ...(isSecure && { tls }) };
		const { port } = await openListener(context, bench, place);
		const open = (): Socket =>
			isSecure
				? connectSecure({ port, host: "127.0.0.1", rejectUnauthorized: false })
				: connect({ port, host: "127.0.0.1" });
		const slow = open();
		slow.write(headOf(port, 1_000));
		const [answer] = await once(slow, "data");
		assert.match(String(answer), /^HTTP\/1\.1 408 .*\r\nconnection: close\r\n/s);
		await once(slow, "close");
		// What comes quickly enough may take longer than that.
		const begun = performance.now();
		const steady = open();
		const piece = "x".repeat(12_000);
		const pieces = 5;
		steady.write(headOf(port, piece.length * pieces + 5));
		const answered = once(steady, "data");
		for (let count = 0; count < pieces; count++) {
			await new Promise((resolve) => setTimeout(resolve, 100));
			steady.write(piece);
		}
		assert.ok(performance.now() - begun > limits.requestMilliseconds);
		assert.match(String(await answered), /^HTTP\/1\.1 (422|303|401|413) /);
		steady.destroy();
	});
}

/** A server, and a client that has asked it. */
async function openServer(
	context: TestContext,
	stallMilliseconds: number,
): Promise<[Server, Socket]> {
	const limits = { connectionsMaximum: 3, headMilliseconds: 1_000, requestMilliseconds: 1_000 };
	const server = createServer();
	limitSlowClients(server, { ...limits, stallMilliseconds }, () => undefined);
	context.after(() => server.close());
	await once(server.listen(0, "127.0.0.1"), "listening");
	const address = server.address();
	assert.ok(typeof address === "object" && address);
	const socket = connect({ port: address.port, host: "127.0.0.1" }).pause();
	context.after(() => socket.destroy());
	socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
	return [server, socket];
}

test("an answer that nobody takes is broken off", async (context) => {
	const [server] = await openServer(context, 100);
	const asked = (await once(server, "request")) as [IncomingMessage, ServerResponse];
	const [message, response] = asked;
	response.end(Buffer.alloc(2 ** 24));
	await once(response, "close");
	assert.ok(message.socket.destroyed);
});

test("a connection ends that is kept for nothing, and none that is answered", async (context) => {
	const [server, socket] = await openServer(context, 50);
	server.keepAliveTimeout = 50;
	const asked = (await once(server, "request")) as [IncomingMessage, ServerResponse];
	const [message, response] = asked;
	response.flushHeaders();
	await once(message.socket, "timeout");
	assert.ok(!message.socket.destroyed, "there may be more to say later");
	response.end();
	socket.resume();
	await once(socket, "close");
});
