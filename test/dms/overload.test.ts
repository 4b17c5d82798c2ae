/** Whom the listener lets in when more come than can be served. */

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { createAdmission } from "../../hosts/dms/listener/admission.js";

/** In seconds, as a device waits for an answer. */
const patience = 10;

/** A client's end of a connection, as far as the line looks at it. */
class Client extends Duplex {
	readonly remoteAddress = "127.0.0.1";
	readonly remotePort: number;
	readonly since: number;

	constructor(remotePort: number, since: number) {
		super();
		this.remotePort = remotePort;
		this.since = since;
	}

	override _read(): void {}
}

test("while more come than can be served, who is let in has time for its answer", () => {
	let time = 0;
	const limits = { handshakesMaximum: 1, waitingMaximum: 1_000 };
	const admission = createAdmission(limits, () => time * 1_000);
	const clients = new Set<Client>();
	const waits: number[] = [];
	let inside: Client | undefined;
	const come = (port: number): void => {
		const client = new Client(port, time);
		clients.add(client);
		const isTaken = admission.enter(client as unknown as Socket, () => {
			inside = client;
			waits.push(time - client.since);
		});
		assert.ok(isTaken);
	};
	for (; time < 120; time++) {
		for (const client of clients) if (time - client.since >= patience) client.destroy();
		if (inside !== undefined) admission.leave(inside);
		for (let count = 0; count < 3; count++) come(time * 3 + count);
	}
	assert.equal(waits.length, 120, "one is served each second");
	assert.ok(Math.max(...waits) <= patience / 2, "one has waited " + Math.max(...waits) + " s");
});
