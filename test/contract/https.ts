/** Promises of the HTTP client inside TLS: above all, whom it doesn't speak to. */

import { asciiBytes } from "../../src/encoding/bytes.js";
import type { Host } from "../../src/host.js";
import { equal } from "../device/check.js";
import { Exchange } from "./exchange.js";
import type { Row } from "./row.js";
import { offered, type Server, type Surroundings, type TlsKind } from "./surroundings.js";
import { online } from "./wifi.js";

const reply = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

async function serverOf(host: Host, around: Surroundings, tls?: TlsKind): Promise<Server> {
	const servers = offered(around.servers);
	await online(host, around);
	const script = { reply: [reply], end: "close" } as const;
	const server = await servers.start(tls === undefined ? script : { ...script, tls });
	host.clock.set(server.time);
	return server;
}

/** A row in which a server must be refused before it gets to see the request. */
function refused(name: string, tls?: TlsKind): Row {
	return {
		name,
		run: async (host, around) => {
			const server = await serverOf(host, around, tls);
			const asked = new Exchange(host, server, { tlsHost: server.host });
			equal([await asked.ended(host), asked.events.entries], ["failed", ["failed"]]);
			equal(await server.requests(), [], "what it got to see");
		},
	};
}

export const httpsRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "a server with a certificate by the CA, for its name, is asked",
		run: async (host, around) => {
			const server = await serverOf(host, around, "good");
			const asked = new Exchange(host, server, { tlsHost: server.host });
			equal([await asked.ended(host), asked.body], ["whole", asciiBytes("hello")]);
		},
	},
	{
		name: "a body goes out inside TLS",
		run: async (host, around) => {
			const server = await serverOf(host, around, "good");
			const body = asciiBytes("x".repeat(3000));
			const asked = new Exchange(host, server, { tlsHost: server.host, method: "POST", body });
			equal(await asked.ended(host), "whole");
			const [request = ""] = await server.requests();
			equal(request.endsWith("\r\n\r\n" + "x".repeat(3000)), true);
		},
	},
	{
		name: "a body of 100 KB arrives whole",
		run: async (host, around) => {
			const servers = offered(around.servers);
			await online(host, around);
			const head = "HTTP/1.1 200 OK\r\ncontent-length: 102400\r\n\r\n";
			const script = { reply: [head], bodyLength: 102_400, end: "close", tls: "good" } as const;
			const server = await servers.start(script);
			host.clock.set(server.time);
			let count = 0;
			let isRight = true;
			const take = (bytes: Uint8Array): void => {
				for (const byte of bytes) isRight = byte === count++ % 251 && isRight;
			};
			const asked = new Exchange(host, server, { tlsHost: server.host, readLength: 2048, take });
			equal([await asked.ended(host), count, isRight], ["whole", 102_400, true]);
		},
	},
	refused("a certificate for another name is refused", "other name"),
	refused("a certificate by another CA of the same name is refused", "other authority"),
	refused("a certificate that has expired is refused", "expired"),
	refused("TLS 1.1 is refused", "old TLS"),
	refused("a server without TLS is refused"),
	{
		name: "the name to be checked is the one of the option, whatever host is connected to",
		run: async (host, around) => {
			const server = await serverOf(host, around, "good");
			const asked = new Exchange(host, server, { tlsHost: "other.test" });
			equal(await asked.ended(host), "failed");
			equal(await server.requests(), []);
		},
	},
	{
		name: "without a CA to trust nothing is sent, in the clear or otherwise",
		run: async (host, around) => {
			const server = await serverOf(host, around);
			const { https } = host.network;
			let isRefused = false;
			await new Promise<void>((resolve) => {
				const refuse = (): void => {
					isRefused = true;
					resolve();
				};
				try {
					const where = { host: server.host, port: server.port, onError: refuse };
					const client = new https.io({ ...https, ...where });
					client.request({
						method: "GET",
						path: "/",
						headers: new Map(),
						headersMask: [],
						onHeaders: () => resolve(),
						onReadable: () => undefined,
						onWritable: () => undefined,
						onDone: (error) => (error === null ? resolve() : refuse()),
					});
				} catch {
					refuse();
				}
			});
			equal([isRefused, await server.requests()], [true, []]);
		},
	},
]);
