/** Promises of the HTTP client, over plain TCP. */

import { asciiBytes } from "../../src/encoding/bytes.js";
import type { Host } from "../../src/host.js";
import { equal, isTrue } from "../device/check.js";
import { pause } from "./event-log.js";
import { Exchange, type ExchangeOptions } from "./exchange.js";
import { pattern, sameBytes } from "./pattern.js";
import type { Row } from "./row.js";
import { offered, type Script, type Server, type Surroundings } from "./surroundings.js";
import { online } from "./wifi.js";

const head = "HTTP/1.1 200 OK\r\n";
const hello = head + "content-length: 5\r\n\r\nhello";

async function serverOf(host: Host, around: Surroundings, script: Script): Promise<Server> {
	const servers = offered(around.servers);
	await online(host, around);
	return servers.start(script);
}

/** A request to a server that answers so, to its end. */
async function exchange(
	host: Host,
	around: Surroundings,
	reply: readonly string[],
	options: ExchangeOptions = {},
	end: Script["end"] = "close",
): Promise<{ asked: Exchange; end: "whole" | "failed"; requests: readonly string[] }> {
	const server = await serverOf(host, around, { reply, end });
	const asked = new Exchange(host, server, options);
	const result = await asked.ended(host);
	return { asked, end: result, requests: await server.requests() };
}

/** A row in which a server's reply must end in a failure, and never in a whole reply. */
function fails(name: string, reply: readonly string[], end: Script["end"] = "close"): Row {
	return {
		name,
		run: async (host, around) => {
			const result = await exchange(host, around, reply, {}, end);
			equal(result.end, "failed");
		},
	};
}

/** A row in which a reply must come whole, with this status and body. */
function arrives(name: string, reply: readonly string[], status: number, body: string): Row {
	return {
		name,
		run: async (host, around) => {
			for (const end of ["close", "stay"] as const) {
				const { asked, end: result } = await exchange(host, around, reply, {}, end);
				equal([result, asked.status, asked.body], ["whole", status, asciiBytes(body)], end);
			}
		},
	};
}

export const httpRows: readonly Row[] = Object.freeze<Row[]>([
	{
		name: "a reply is told in order: head, body, end",
		run: async (host, around) => {
			const { asked, end } = await exchange(host, around, [hello]);
			equal(end, "whole");
			equal([asked.status, asked.body], [200, asciiBytes("hello")]);
			equal(asked.events.entries, ["headers", "readable", "done"]);
		},
	},
	{
		name: "the request goes out as it was given, its fields in their order",
		run: async (host, around) => {
			const { requests } = await exchange(host, around, [hello], {
				method: "PUT",
				path: "/a/b?c=d",
				headers: [
					["x-second", "2"],
					["x-first", "1, 1"],
				],
			});
			const lines = (requests[0] ?? "").toLowerCase().split("\r\n");
			equal([requests.length, lines[0]], [1, "put /a/b?c=d http/1.1"]);
			isTrue(
				lines.some((line) => line.startsWith("host: ")),
				"it names the host",
			);
			const own = lines.filter((line) => line.startsWith("x-"));
			equal(own, ["x-second: 2", "x-first: 1, 1"]);
		},
	},
	{
		name: "a body goes out whole, as there is room for it: every byte",
		run: async (host, around) => {
			const body = pattern(3000);
			const { end, requests } = await exchange(host, around, [hello], { method: "POST", body });
			equal(end, "whole");
			const [request = ""] = requests;
			sameBytes(asciiBytes(request.slice(request.indexOf("\r\n\r\n") + 4)), body);
		},
	},
	{
		name: "of the reply's head only the fields of the mask are kept, named in lower case",
		run: async (host, around) => {
			const fields = "X-Kept: Some Value\r\nx-other: no\r\nRETRY-AFTER:   7  \r\n";
			const reply = [head + fields + "content-length: 0\r\n\r\n"];
			const headersMask = ["x-kept", "retry-after", "x-missing"];
			const { asked } = await exchange(host, around, reply, { headersMask });
			equal([...asked.headers].sort(), [
				["retry-after", "7"],
				["x-kept", "Some Value"],
			]);
		},
	},
	{
		name: "an empty mask keeps nothing",
		run: async (host, around) => {
			const { asked } = await exchange(host, around, [hello]);
			equal([...asked.headers], []);
		},
	},
	{
		name: "a body holds any bytes",
		run: async (host, around) => {
			const text = String.fromCharCode(...pattern(256));
			const { asked } = await exchange(host, around, [head + "content-length: 256\r\n\r\n" + text]);
			sameBytes(asked.body, pattern(256));
		},
	},
	{
		name: "a reader who pauses closes the window, and gets the whole body when it reads on",
		run: async (host, around) => {
			const bodyLength = 100_000;
			const reply = [head + "content-length: " + bodyLength + "\r\n\r\n"];
			const server = await serverOf(host, around, { reply, bodyLength, end: "close" });
			let length = 0;
			const take = (bytes: Uint8Array): void => {
				for (const byte of bytes) isTrue(byte === length++ % 251, "byte " + length);
			};
			const asked = new Exchange(host, server, { isHeld: true, take });
			await asked.events.until(() => asked.events.entries.includes("readable"));
			await pause(host, 1_000);
			equal(asked.events.entries.includes("done"), false, "not before it is read");
			asked.release();
			equal(await asked.ended(host), "whole");
			equal(length, bodyLength);
		},
	},
	{
		name: "a body can be read in small parts",
		run: async (host, around) => {
			const { asked, end } = await exchange(host, around, [hello], { readLength: 2 });
			equal([end, asked.body], ["whole", asciiBytes("hello")]);
		},
	},
	arrives(
		"a reply in many segments is one",
		["HTTP/1.1 20", "0 OK\r\ncontent-le", "ngth: 5\r", "\n\r\nhel", "lo"],
		200,
		"hello",
	),
	arrives(
		"a reply in chunks is put together",
		[head + "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", "6;x=y\r\n world\r\n0\r\n\r\n"],
		200,
		"hello world",
	),
	arrives("a reply without a body is whole", ["HTTP/1.1 204 No Content\r\n\r\n"], 204, ""),
	arrives("a reply of length 0 is whole", [head + "content-length: 0\r\n\r\n"], 200, ""),
	arrives(
		"a refusal is a reply like any other",
		["HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nwait"],
		503,
		"wait",
	),
	arrives(
		"a redirection is a reply, and nobody follows it",
		["HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 2\r\n\r\nhi"],
		302,
		"hi",
	),
	fails("a connection that closes without a reply is a failure", []),
	fails("a connection that resets without a reply is a failure", [], "reset"),
	fails("a head that is cut off is a failure", [head + "content-le"]),
	fails("a body that is cut off is a failure", [head + "content-length: 50\r\n\r\nhello"]),
	fails("a body that a reset cuts is one", [head + "content-length: 50\r\n\r\nhello"], "reset"),
	fails("chunks that are cut off are a failure", [
		head + "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
	]),
	fails("a chunk of no length is a failure", [
		head + "transfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
	]),
	fails("what isn't HTTP is a failure", ["220 mail.example ESMTP\r\n\r\nhello"]),
	fails(
		"a head without end is a failure, and no end of the memory",
		[head + "x-long: ", "x".repeat(1000)],
		"repeat",
	),
	{
		name: "a port where nobody listens is a failure",
		run: async (host, around) => {
			const server = await serverOf(host, around, { reply: [], end: "close" });
			const asked = new Exchange(host, { ...server, port: 1 });
			equal(await asked.ended(host), "failed");
		},
	},
	{
		name: "without a network a request fails",
		run: async (host, around) => {
			offered(around.air);
			const server = await offered(around.servers).start({ reply: [hello], end: "close" });
			equal(await new Exchange(host, server).ended(host), "failed");
			equal(await server.requests(), []);
		},
	},
	{
		name: "a network that vanishes fails the request that is under way",
		run: async (host, around) => {
			const air = offered(around.air);
			const reply = [head + "content-length: 50\r\n\r\nhello"];
			const server = await serverOf(host, around, { reply, end: "stay" });
			const asked = new Exchange(host, server);
			await asked.events.until(() => asked.body.length > 0);
			await air.vanish();
			equal(await asked.ended(host), "failed");
		},
	},
	{
		name: "the same client makes one request after the other",
		run: async (host, around) => {
			for (const end of ["close", "stay"] as const) {
				const server = await serverOf(host, around, { reply: [hello], end });
				const asked = new Exchange(host, server, { path: "/1" });
				for (const path of ["/2", "/3"]) {
					equal(await asked.ended(host), "whole", path);
					asked.ask({ path });
				}
				equal([await asked.ended(host), asked.body], ["whole", asciiBytes("hello")]);
				const lines = (await server.requests()).map((request) => request.split(" ")[1]);
				equal(lines, ["/1", "/2", "/3"]);
			}
		},
	},
	{
		name: "closing drops the connection, and no callback comes any more",
		run: async (host, around) => {
			for (const closeAt of ["headers", "readable"]) {
				const reply = [head + "content-length: 10\r\n\r\nhello", "world"];
				const server = await serverOf(host, around, { reply, end: "stay" });
				const asked = new Exchange(host, server, { closeAt });
				await server.closed();
				await pause(host);
				equal(asked.events.entries.at(-1), closeAt, "the last");
				asked.events.check();
			}
		},
	},
	{
		name: "closing before anything has come keeps it from coming",
		run: async (host, around) => {
			const server = await serverOf(host, around, { reply: [hello], end: "close" });
			const asked = new Exchange(host, server);
			asked.close();
			equal(await new Exchange(host, server).ended(host), "whole", "another");
			equal(asked.events.entries, []);
			asked.events.check();
		},
	},
	{
		name: "two clients don't mix",
		run: async (host, around) => {
			const first = await serverOf(host, around, { reply: [hello], end: "close" });
			const other = head + "content-length: 5\r\n\r\nother";
			const second = await offered(around.servers).start({ reply: [other], end: "close" });
			const asked = [new Exchange(host, first), new Exchange(host, second)];
			const ends: string[] = [];
			for (const one of asked) ends.push(await one.ended(host));
			equal(ends, ["whole", "whole"]);
			equal(asked[0]?.body, asciiBytes("hello"));
			equal(asked[1]?.body, asciiBytes("other"));
		},
	},
]);
