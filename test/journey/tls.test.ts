/** Over real sockets and real TLS: whom a device speaks to, and whom it doesn't. */

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { openBoard } from "../../hosts/board/open-board.js";
import { MemoryState } from "../../hosts/board/state.js";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { type Listener, listen } from "../../hosts/dms/listener/listener.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import { ScriptedUser } from "../../example/scripted-user.js";
import { image, network } from "./world.js";

const tlsRecord = 0x16;
const seconds = Math.floor(Date.now() / 1000);
const authority = createAuthority(seconds);

/** A server in front of the service: plain connections go through, TLS ones get `secure`. */
async function between(listener: Listener, secure: (socket: Socket) => void): Promise<Server> {
	const server = createServer((socket) => {
		socket.on("error", () => undefined);
		socket.once("data", (first: Buffer) => {
			socket.pause();
			socket.unshift(first);
			if (first[0] === tlsRecord) return secure(socket);
			const onward = connect(listener.port, listener.host);
			onward.on("error", () => undefined);
			socket.pipe(onward).pipe(socket);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return server;
}

function portOf(server: Server): number {
	const address = server.address();
	if (typeof address !== "object" || address === null) throw new Error("not listening");
	return address.port;
}

/** A device is given a token for `port` and provisions itself; resolves with what it says. */
async function provision(service: Service, port: number, given?: string): Promise<string> {
	await service.setAddresses(["localhost:" + port]);
	const token = given ?? (await service.tokens.addProvisioning()).token;
	const person = new ScriptedUser(() => undefined);
	const board = openBoard({
		state: new MemoryState(),
		image,
		processor: "xs",
		networks: [network],
		onOutput: person.listen,
	});
	try {
		await person.powerOn(board);
		await person.type("set wlan.ssid " + network.ssid);
		await person.type('set wlan.passkey "' + network.passkey + '"');
		await person.type("set dms.host localhost:" + port);
		const answer = await person.type("dms_provision " + token);
		assert.deepEqual(board.faults, []);
		return answer;
	} finally {
		await board.powerOff();
	}
}

async function withService(
	act: (service: Service, listener: Listener) => Promise<void>,
): Promise<void> {
	const service = await openService({ database: memory, authority, addresses: ["localhost:1"] });
	const listener = await listen(service, { host: "127.0.0.1", port: 0 });
	try {
		await act(service, listener);
	} finally {
		await listener.close();
		await service.close();
	}
}

/** Ends TLS with a certificate of `issuer`; `onData` hears what a device would tell it. */
function endTls(issuer: Authority, names: string[], time: number, onData: (bytes: Buffer) => void) {
	const { certificate, privateKey } = issuer.issueServerCredential(names, time);
	const chain = [certificate, issuer.credential.certificate];
	const server = createTlsServer({
		key: privateKey.export({ type: "pkcs8", format: "pem" }),
		cert: chain.map((der) => new X509Certificate(der).toString()).join(""),
	});
	server.on("secureConnection", (socket) => {
		socket.on("error", () => undefined);
		socket.on("data", onData);
	});
	server.on("tlsClientError", () => undefined);
	return (socket: Socket): void => void server.emit("connection", socket);
}

test("a device is shown the chain of the CA that it trusts", async () => {
	const data = mkdtempSync(join(tmpdir(), "opendms-"));
	const first = await openService({ data, addresses: ["localhost:1"] });
	const before = await first.tokens.addProvisioning();
	await first.certificates.addNext();
	await first.close();
	const service = await openService({ data });
	const listener = await listen(service, { host: "127.0.0.1", port: 0 });
	try {
		const after = await service.tokens.addProvisioning();
		for (const { token } of [before, after]) {
			assert.match(await provision(service, listener.port, token), /Success$/);
		}
	} finally {
		await listener.close();
		await service.close();
		rmSync(data, { recursive: true });
	}
});

test("a device provisions itself over TLS 1.2 with the service's own CA", async () => {
	await withService(async (service, listener) => {
		assert.match(await provision(service, listener.port), /Success$/);
	});
});

const impostors: Readonly<Record<string, () => [Authority, string[], number]>> = {
	"by another CA": () => [createAuthority(seconds), ["localhost"], seconds],
	"that has expired": () => [authority, ["localhost"], seconds - 400 * 86_400],
	"for another name": () => [authority, ["elsewhere.test"], seconds],
};

for (const [name, make] of Object.entries(impostors)) {
	test("a device tells nothing to a server with a certificate " + name, async () => {
		await withService(async (service, listener) => {
			const told: Buffer[] = [];
			const server = await between(
				listener,
				endTls(...make(), (bytes) => told.push(bytes)),
			);
			try {
				const answer = await provision(service, portOf(server));
				assert.ok(answer.includes(sentenceOf(DmsResult.ConnectionFailed)), answer);
				assert.deepEqual(told, []);
			} finally {
				server.close();
			}
		});
	});
}

test("a connection refused gets a clear answer", async () => {
	await withService(async (service) => {
		const server = createServer().listen(0, "127.0.0.1");
		await once(server, "listening");
		const port = portOf(server);
		server.close();
		const answer = await provision(service, port);
		assert.ok(answer.includes(sentenceOf(DmsResult.ConnectionFailed)), answer);
	});
});

test("a server that breaks off in the middle of its answer gets a clear answer", async () => {
	await withService(async (service) => {
		const server = createServer((socket) => {
			socket.on("error", () => undefined);
			socket.once("data", () => {
				socket.end("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly a part");
			});
		}).listen(0, "127.0.0.1");
		await once(server, "listening");
		try {
			const answer = await provision(service, portOf(server));
			assert.ok(answer.includes(sentenceOf(DmsResult.ConnectionFailed)), answer);
		} finally {
			server.close();
		}
	});
});
