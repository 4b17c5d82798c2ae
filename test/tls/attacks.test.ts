/** Nobody but the service gets a word out of a device inside TLS, or can say one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { DmsError } from "../../src/protocol/result.js";
import { attacks, genuine } from "./attacks.js";
import { Client, request } from "./client.js";
import { type Play, ScriptedServer } from "./scripted-server.js";

const name = "dms.example.com";
const authority = createAuthority(Math.floor(Date.now() / 1000));
const ca = authority.credential.certificate;

/** Lets both speak until neither has anything to say. */
function converse(play: Play, most = Infinity): { client: Client; server: ScriptedServer } {
	const client = new Client(ca, name);
	const server = new ScriptedServer(play);
	for (let said = client.session.takeOutput(); said.length > 0;) {
		said = client.hear(server.receive(said), most);
	}
	return { client, server };
}

test("the genuine server is asked, and heard, in parts of any length", () => {
	for (const most of [1, 2, 5, 6, 100, Infinity]) {
		for (const fragmentLength of [1, 7, 300, 2048]) {
			const play = { ...genuine(authority, name), fragmentLength };
			const { client, server } = converse(play, most);
			assert.equal(server.heard, request);
			assert.equal(client.received.toString("latin1").slice(0, 12), "HTTP/1.1 204");
		}
	}
});

for (const { name: what, play, result } of attacks(authority, name)) {
	test("refused: " + what, () => {
		const client = new Client(ca, name);
		const server = new ScriptedServer(play);
		assert.throws(
			() => {
				for (let said = client.session.takeOutput(); said.length > 0;) {
					said = client.hear(server.receive(said));
				}
			},
			(error) => error instanceof DmsError && error.result === result,
		);
		assert.equal(server.heard, "");
		assert.equal(client.received.length, 0);
		assert.equal(client.session.isOpen, false);
	});
}

/** Each of its bytes would take long; a step that shares no factor with what repeats in them. */
const step = 7;

test("what was changed on the way is refused, wherever it was changed", () => {
	const { reply: _, ...play } = genuine(authority, name);
	const flights = flightsOf(play);
	assert.equal(flights.length, 2);
	for (const [index, { length }] of flights.entries()) {
		for (let at = 0; at < length; at += step) {
			assert.equal(outcomeOf(play, index, at), "refused", `flight ${index}, byte ${at}`);
		}
	}
});

/** What the server says, each time in one piece. */
function flightsOf(play: Play): Uint8Array[] {
	const client = new Client(ca, name);
	const server = new ScriptedServer(play);
	const flights: Uint8Array[] = [];
	for (let said = client.session.takeOutput(); said.length > 0;) {
		const flight = server.receive(said);
		if (flight.length > 0) flights.push(flight);
		said = client.hear(flight);
	}
	return flights;
}

/** With one bit changed of one flight; a length that grew leaves the client waiting. */
function outcomeOf(play: Play, index: number, at: number): "open" | "refused" {
	const client = new Client(ca, name);
	const server = new ScriptedServer(play);
	let count = 0;
	try {
		for (let said = client.session.takeOutput(); said.length > 0;) {
			const flight = Buffer.from(server.receive(said));
			// Signatures differ in length by a byte or two, from one handshake to the next.
			const place = at % Math.max(flight.length, 1);
			if (flight.length > 0 && count++ === index) flight[place] = (flight[place] ?? 0) ^ 1;
			said = client.hear(flight);
		}
	} catch (error) {
		if (error instanceof DmsError) return "refused";
		throw error;
	}
	return client.session.isOpen ? "open" : "refused";
}
