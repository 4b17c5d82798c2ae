/** A fleet that comes back at once is served in order, and what is refused is counted. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { listen } from "../../hosts/dms/listener/listener.js";
import type { Limits } from "../../hosts/dms/listener/limits.js";
import { type Bench, openBench } from "./bench.js";
import { createClock } from "./clock.js";
import { createNonce } from "./protocol-device.js";
import { storm } from "./storm.js";

const clients = 200;
/** The machine that runs the tests may be slow: what is asked here is in which order. */
const patience = 240_000;

async function openPort(
	context: TestContext,
	limits: Partial<Limits>,
): Promise<{ readonly bench: Bench; readonly port: number }> {
	const bench = await openBench(context, createClock(Date.now()));
	const listener = await listen(bench.service, { host: "127.0.0.1", port: 0, limits });
	context.after(() => listener.close());
	return { bench, port: listener.port };
}

function hellos(count: number): Buffer[] {
	const fields = " HTTP/1.1\r\nhost: dms.example.com\r\n\r\n";
	return Array.from({ length: count }, () =>
		Buffer.from("GET /hello?nonce=" + createNonce() + fields),
	);
}

test("all that come at once are served, each in its turn", async (context) => {
	const { bench, port } = await openPort(context, { handshakesMaximum: 4 });
	const { served, failedTries, order } = await storm(port, hellos(clients), patience);
	assert.deepEqual([served, failedTries], [clients, 0]);
	// Who is let in with others may be done before them; nobody is left behind.
	const late = order.map((index, place) => Math.abs(place - index));
	assert.ok(Math.max(...late) < clients / 2, "furthest from its place: " + Math.max(...late));
	assert.ok(!bench.log.some(({ kind }) => kind === "refused"));
});

test("who finds no place to wait is told at once, and counted", async (context) => {
	const limits = { handshakesMaximum: 1, waitingMaximum: 10 };
	const { bench, port } = await openPort(context, limits);
	const { served, gaveUp, failedTries } = await storm(port, hellos(clients), patience);
	assert.equal(served + gaveUp, clients);
	assert.ok(served > 10 && failedTries > 0);
	let refused = 0;
	for (const entry of bench.log) {
		if (entry.kind !== "refused") continue;
		assert.equal(entry.limit, "waiting connections");
		refused += entry.connections;
	}
	assert.ok(refused > 0 && refused <= failedTries, refused + " of " + failedTries);
});

test("who stops in the middle of a handshake keeps nobody waiting", async (context) => {
	const { port } = await openPort(context, {
		...{ handshakesMaximum: 2, handshakeMilliseconds: 600_000 },
	});
	for (let count = 0; count < 6; count++) {
		const socket = connect(port, "127.0.0.1");
		context.after(() => socket.destroy());
		await once(socket, "connect");
		socket.write(Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc));
	}
	assert.equal((await storm(port, hellos(10), patience)).failedTries, 0);
});
