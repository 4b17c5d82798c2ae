/** What surrounds a board that plays the contract: the servers it asks, on this machine. */

import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { tlsFiles } from "../../hosts/dms/authority/server-identity.js";
import type { StartedServer } from "../contract/remote.js";
import type { Script, TlsKind } from "../contract/surroundings.js";

const host = "localhost";
const tlsRecord = 0x16;
const time = Date.now();
const seconds = Math.floor(time / 1000);
/** Longer than a server's certificate lives. */
const longAgo = seconds - 500 * 86_400;

const authority = createAuthority(seconds);
const otherAuthority = createAuthority(seconds);

const tlsOptions: Readonly<Record<TlsKind, () => TlsOptions>> = {
	good: () => credentialOf(authority),
	"other name": () => credentialOf(authority, "other.test"),
	"other authority": () => credentialOf(otherAuthority),
	expired: () => credentialOf(authority, host, longAgo),
	"old TLS": () => ({
		...credentialOf(authority),
		minVersion: "TLSv1",
		maxVersion: "TLSv1.1",
		ciphers: "DEFAULT@SECLEVEL=0", // OpenSSL does not speak it otherwise.
	}),
};

function credentialOf(issuer: Authority, name = host, issued = seconds): TlsOptions {
	return tlsFiles(issuer, issuer.issueServerCredential([name], issued));
}

/** Servers that do what their scripts say, until they are closed. */
export class ScriptedServers {
	readonly #servers = new Map<number, ScriptedServer>();

	async start(script: Script): Promise<StartedServer> {
		const server = new ScriptedServer(script);
		const port = await server.listen();
		this.#servers.set(port, server);
		const authorityHex = Buffer.from(authority.credential.certificate).toString("hex");
		return { host, port, authorityHex, time };
	}

	/** A byte of the requests is a character. */
	requests(port: number): readonly string[] {
		return this.#servers.get(port)?.requests ?? [];
	}

	/** Resolves when a connection has been made and none is open any more. */
	async closed(port: number): Promise<void> {
		await this.#servers.get(port)?.closed();
	}

	close(): void {
		for (const server of this.#servers.values()) server.close();
	}
}

class ScriptedServer {
	readonly requests: string[] = [];
	readonly #script: Script;
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	#connections = 0;
	#onClosed: () => void = () => undefined;

	constructor(script: Script) {
		this.#script = script;
		const serve = (socket: Socket): void => this.#serve(socket);
		this.#server =
			script.tls === undefined
				? createServer(serve)
				: createTlsServer(tlsOptions[script.tls](), serve);
		this.#server.on("tlsClientError", () => undefined); // The client has refused us.
		this.#server.on("connection", (socket: Socket) => {
			this.#connections++;
			this.#sockets.add(socket);
			socket.on("error", () => undefined); // `close` follows.
			socket.on("close", () => {
				this.#sockets.delete(socket);
				this.#onClosed();
			});
		});
	}

	async listen(): Promise<number> {
		this.#server.listen(0, "127.0.0.1");
		await once(this.#server, "listening");
		const address = this.#server.address();
		if (typeof address !== "object" || address === null) throw new Error("not listening");
		return address.port;
	}

	async closed(): Promise<void> {
		while (this.#connections === 0 || this.#sockets.size > 0) {
			await new Promise<void>((resolve) => (this.#onClosed = resolve));
		}
	}

	close(): void {
		this.#server.close();
		for (const socket of this.#sockets) socket.destroy();
	}

	#serve(socket: Socket): void {
		let waiting = "";
		socket.setNoDelay(true);
		socket.on("error", () => undefined); // `close` follows.
		socket.on("data", (bytes: Buffer) => {
			waiting += bytes.toString("latin1");
			if (bytes[0] === tlsRecord) return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
			for (let end = requestEnd(waiting); end !== undefined; end = requestEnd(waiting)) {
				this.requests.push(waiting.slice(0, end));
				waiting = waiting.slice(end);
				void this.#reply(socket);
			}
		});
	}

	async #reply(socket: Socket): Promise<void> {
		const { reply, bodyLength = 0, end } = this.#script;
		for (const piece of reply) {
			if (socket.destroyed) return;
			socket.write(piece, "latin1");
			await new Promise((resolve) => setImmediate(resolve)); // A segment of its own.
		}
		socket.write(Buffer.from(Array.from({ length: bodyLength }, (_, index) => index % 251)));
		while (end === "repeat" && !socket.destroyed) {
			socket.write(reply.at(-1) ?? "", "latin1");
			await new Promise((resolve) => setImmediate(resolve));
		}
		if (end === "close") socket.end();
		if (end === "reset") socket.resetAndDestroy();
	}
}

/** Where the first request ends, when it is whole. */
function requestEnd(text: string): number | undefined {
	const headEnd = text.indexOf("\r\n\r\n") + 4;
	if (headEnd < 4) return undefined;
	const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
	return text.length < headEnd + length ? undefined : headEnd + length;
}
