import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { type Listener, listen } from "../../hosts/dms/listener/listener.js";
import type { Limits } from "../../hosts/dms/listener/limits.js";
import { type Bench, openBench } from "./bench.js";
import { createClock } from "./clock.js";
import { getPlain } from "./connection.js";
import { createNonce } from "./protocol-device.js";

async function openPort(
	context: TestContext,
	limits: Partial<Limits>,
): Promise<{ bench: Bench; listener: Listener }> {
	const bench = await openBench(context, createClock(Date.now()));
	const listener = await listen(bench.service, { host: "127.0.0.1", port: 0, limits });
	context.after(() => listener.close());
	return { bench, listener };
}

/** Idle connections from an address of this machine's own: 127.0.0.0/8 is loopback. */
async function occupy(listener: Listener, localAddress: string, count: number): Promise<Socket[]> {
	const sockets: Socket[] = [];
	while (sockets.length < count) {
		const socket = connect({ host: "127.0.0.1", port: listener.port, localAddress });
		socket.on("error", () => {});
		await once(socket, "connect");
		sockets.push(socket);
	}
	return sockets;
}

const hello = () => "/hello?nonce=" + createNonce();

test("a client that takes all it can get leaves others room, and is logged", async (context) => {
	const { bench, listener } = await openPort(context, { addressConnectionsMaximum: 5 });
	const sockets = await occupy(listener, "127.0.0.9", 5);
	const closed = await occupy(listener, "127.0.0.9", 20);
	await Promise.all(closed.map(async (socket) => socket.destroyed || once(socket, "close")));
	assert.equal((await getPlain(listener, hello())).status, 200);
	const refused = bench.log.filter(({ kind }) => kind === "refused");
	const [entry] = refused;
	assert.ok(entry?.kind === "refused" && refused.length <= 2, "a line a second at most");
	assert.deepEqual([entry.limit, entry.client], ["connections of an address", "127.0.0.9"]);
	sockets.forEach((socket) => socket.destroy());
});

test("above the limit of all connections the log says so", async (context) => {
	const { bench, listener } = await openPort(context, { connectionsMaximum: 3 });
	const sockets = await occupy(listener, "127.0.0.1", 3);
	const [last] = await occupy(listener, "127.0.0.1", 1);
	assert.ok(last);
	if (!last.destroyed) await once(last, "close");
	const entry = bench.log.find(({ kind }) => kind === "refused");
	assert.ok(entry?.kind === "refused");
	assert.equal(entry.limit, "connections");
	sockets.forEach((socket) => socket.destroy());
});
