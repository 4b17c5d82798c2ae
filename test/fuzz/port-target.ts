/**
 * The service's port as a target: the input is what a client sends on a connection of its own,
 * bare or inside TLS. Whatever it is, the answer is one of the protocol's and the connection ends.
 */

import { connect, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { type Listener, listen } from "../../hosts/dms/listener/listener.js";
import { formatLogEntry } from "../../hosts/dms/log.js";
import { openArchive } from "../dms/archive.js";
import { createClock } from "../dms/clock.js";
import { readCorpus } from "./corpus.js";
import type { Target } from "./fuzzer.js";

const connectors: { readonly [name: string]: (port: number, onReady: () => void) => Socket } =
	Object.freeze({
		"port-bare": (port, onReady) => connect({ port, host: "127.0.0.1" }, onReady),
		"port-tls": (port, onReady) =>
			connectSecurely({ port, host: "127.0.0.1", rejectUnauthorized: false }, onReady),
	});

export const portTargetNames: readonly string[] = Object.keys(connectors);

/** What may come back: nothing, records of TLS, or answers with these statuses. */
const alert = 0x15;
const handshake = 0x16;
const statuses = /^(100|200|206|304|400|401|404|405|408|411|413|415|416|426|431)$/;

export async function openPortTarget(name: string): Promise<Target> {
	const connectTo = connectors[name];
	if (connectTo === undefined) throw new Error("there is no port " + name);
	const faults: string[] = [];
	const clock = createClock();
	const archive = await openArchive(clock, (entry) => {
		if (entry.kind === "fault") faults.push(formatLogEntry(entry, clock.now()));
	});
	// Most inputs that begin TLS's handshake never end it.
	const limits = name === "port-bare" ? { handshakeMilliseconds: 20 } : {};
	const listener = await listen(archive.service, { host: "127.0.0.1", port: 0, limits });
	const before = archive.state();
	return {
		name,
		corpus: readCorpus(name),
		lengthMaximum: 10_000,
		async execute(input) {
			const received = await exchange(connectTo, listener, input);
			if (faults.length > 0) throw new Error(faults.splice(0).join("\n"));
			if (archive.state() !== before) throw new Error("it has changed what is kept");
			return outcomeOf(received);
		},
		async close() {
			await listener.close();
			await archive.close();
		},
	};
}

/** Sends, ends, and resolves with what came back once the listener has ended too. */
function exchange(
	connectTo: (port: number, onReady: () => void) => Socket,
	listener: Listener,
	input: Uint8Array,
): Promise<Buffer> {
	return new Promise((resolve) => {
		const pieces: Buffer[] = [];
		const socket = connectTo(listener.port, () => socket.end(input));
		socket.on("data", (piece: Buffer) => pieces.push(piece));
		// A listener may cut a client that goes on after it was refused.
		socket.on("error", () => {});
		socket.on("close", () => resolve(Buffer.concat(pieces)));
	});
}

function outcomeOf(received: Buffer): string {
	if (received.length === 0) return "nothing";
	if (received[0] === alert) return "alert " + received[6];
	if (received[0] === handshake) return "handshake " + received[9];
	const heads = received.toString("latin1").match(/HTTP\/1\.1 \d{3} /g) ?? [];
	const found = heads.map((head) => head.slice(9, 12));
	const isAnswer = received.subarray(0, 9).toString() === "HTTP/1.1 ";
	if (!isAnswer || !found.every((status) => statuses.test(status))) {
		throw new Error("an answer of another kind: " + received.toString("latin1").slice(0, 200));
	}
	return found.slice(0, 3).join();
}
