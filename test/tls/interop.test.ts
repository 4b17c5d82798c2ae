/** Our TLS client speaks with another's server: Node's, which is OpenSSL. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import { createServer, type TlsOptions, type TLSSocket } from "node:tls";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { tlsFiles } from "../../hosts/dms/authority/server-identity.js";
import { portOf } from "../sdk/relay.js";
import { Client, request } from "./client.js";

const name = "localhost";
const now = Math.floor(Date.now() / 1000);
const authority = createAuthority(now);
const files = tlsFiles(authority, authority.issueServerCredential([name, "127.0.0.1"], now));

/** Speaks with a server until it ends the connection; what it throws, too. */
async function speak(
	context: TestContext,
	options: TlsOptions,
	onConnection: (socket: TLSSocket) => void,
	asked = name,
): Promise<Client> {
	const server = createServer({ ...files, ...options }, onConnection);
	server.on("tlsClientError", () => undefined);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	context.after(() => server.close());
	const client = new Client(authority.credential.certificate, asked);
	const socket = connect(portOf(server), "127.0.0.1");
	socket.write(client.session.takeOutput());
	for await (const bytes of socket) {
		const said = client.hear(bytes as Buffer);
		if (said.length > 0) socket.write(said);
	}
	return client;
}

/** Answers a whole request, and ends. */
function answering(answer: Uint8Array, heard: { text: string }): (socket: TLSSocket) => void {
	return (socket) => {
		socket.on("data", (bytes: Buffer) => {
			heard.text += bytes.toString("latin1");
			if (heard.text.length === request.length) socket.end(answer);
		});
	};
}

for (const asked of [name, "LOCALHOST", "127.0.0.1"]) {
	test(`a request and 100 KB of an answer go both ways, from ${asked}`, async (context) => {
		const answer = Buffer.alloc(100_000, "opendms");
		const heard = { text: "" };
		const client = await speak(context, {}, answering(answer, heard), asked);
		assert.equal(heard.text, request);
		assert.deepEqual(client.received, answer);
		assert.equal(client.longest, 2048, "a record has no more than the chip has room for");
		assert.equal(client.session.isClosed, true, "it hears that the server is done");
	});
}

test("a server asked for several curves and suites takes ours", async (context) => {
	const heard = { text: "" };
	let agreed = "";
	const onConnection = answering(Buffer.from("yes"), heard);
	const client = await speak(context, { ecdhCurve: "X25519:P-384:P-256" }, (socket) => {
		agreed = `${socket.getProtocol() ?? ""} ${socket.getCipher().name}`;
		onConnection(socket);
	});
	assert.equal(agreed, "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256");
	assert.equal(client.received.toString(), "yes");
});

for (const [what, options] of [
	[
		"older versions only",
		{ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
	],
	["TLS 1.3 only", { minVersion: "TLSv1.3" }],
	["another suite only", { ciphers: "ECDHE-ECDSA-CHACHA20-POLY1305", maxVersion: "TLSv1.2" }],
	["another curve only", { ecdhCurve: "P-384", maxVersion: "TLSv1.2" }],
	["a client's certificate, which it must have", { requestCert: true }],
] as const satisfies readonly (readonly [string, TlsOptions])[]) {
	test(`a server with ${what} is refused`, async (context) => {
		let isHeard = false;
		const speaking = speak(context, options, () => (isHeard = true));
		await assert.rejects(speaking);
		assert.equal(isHeard, false);
	});
}
