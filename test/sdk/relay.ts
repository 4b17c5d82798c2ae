/** A TCP port before the service that can be out of order. */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** What becomes of the next connection's bytes on the way to the device. */
export type Mood =
	| { readonly kind: "pass" }
	/** After so many bytes the connection is reset, or nothing more comes. */
	| { readonly kind: "reset" | "silence"; readonly afterBytes: number }
	/** These bytes in place of all that the service says. */
	| { readonly kind: "say"; readonly text: string }
	/** The signature over the server's TLS parameters has zeros for r, or for s. */
	| { readonly kind: "forge"; readonly half: "r" | "s" };

export function portOf(server: Server): number {
	const address = server.address();
	if (typeof address !== "object" || address === null) throw new Error("not listening");
	return address.port;
}

export class Relay {
	readonly #server: Server;
	readonly #sockets = new Set<Socket>();
	/** Where the service listens. */
	targetPort = 0;
	mood: Mood = { kind: "pass" };
	/** Of the connection before this one, from the service to the device. */
	lastBytes = 0;

	constructor() {
		this.#server = createServer((device) => this.#relay(device));
	}

	/** Any free port, or the one before. */
	async listen(port = 0): Promise<number> {
		this.#server.listen(port, "127.0.0.1");
		await once(this.#server, "listening");
		return portOf(this.#server);
	}

	/** From now on connections are refused. Returns the port, to listen on again. */
	close(): number {
		const port = this.#server.listening ? portOf(this.#server) : 0;
		this.#server.close();
		for (const socket of this.#sockets) socket.destroy();
		return port;
	}

	#relay(device: Socket): void {
		const { mood } = this;
		const service = connect(this.targetPort, "127.0.0.1");
		let count = 0;
		for (const socket of [device, service]) {
			this.#sockets.add(socket);
			socket.on("error", () => undefined); // `close` follows.
			socket.on("close", () => this.#sockets.delete(socket));
		}
		device.on("close", () => service.destroy());
		service.on("close", () => {
			if (mood.kind !== "silence") device.end();
		});
		if (mood.kind === "say") {
			device.on("data", () => device.end(mood.text, "latin1"));
			return;
		}
		device.pipe(service);
		service.on("data", (bytes: Buffer) => {
			if (mood.kind === "forge") forge(bytes, mood.half);
			const left = "afterBytes" in mood ? mood.afterBytes - count : Infinity;
			count += bytes.length;
			this.lastBytes = count;
			if (left > 0) device.write(bytes.subarray(0, left));
			if (left <= bytes.length && mood.kind === "reset") device.resetAndDestroy();
		});
	}
}

/** What is in front of the point in a ServerKeyExchange of RFC 8422: a named curve, P-256. */
const serverParameters = Buffer.from("0300174104", "hex");
const pointLength = 65;

function forge(bytes: Buffer, half: "r" | "s"): void {
	const start = bytes.indexOf(serverParameters);
	if (start < 0) return;
	// The point; hash, algorithm and length; a DER sequence of two integers.
	const r = start + serverParameters.length - 1 + pointLength + 4 + 2;
	const s = r + 2 + (bytes[r + 1] ?? 0);
	const integer = half === "r" ? r : s;
	bytes.fill(0, integer + 2, integer + 2 + (bytes[integer + 1] ?? 0));
}
