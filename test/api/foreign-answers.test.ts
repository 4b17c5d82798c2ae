/** Answers that aren't the service's: what stands in front of it is named, and what to do. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openRemote } from "../../hosts/dms/api/client.js";

/** A server that answers so to everything, as nginx does: in HTML. */
async function answering(status: number, act: (url: string) => Promise<void>): Promise<void> {
	const server = createServer((request, answer) => {
		request.resume();
		answer.writeHead(status, { "content-type": "text/html" }).end("<h1>nginx</h1>");
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	await act(`http://127.0.0.1:${port}`);
	server.close();
}

for (const [status, message] of [
	[404, /^http:\S+ answers 404, and is no opendms\.$/],
	[413, /^A proxy at http:\S+ lets nothing of that length through \(413\)\. Raise its limit: /],
	[503, /^A proxy at http:\S+ doesn't reach the service \(503\)\. Is the service running, /],
] as const) {
	test(`who is answered ${status} by a stranger is told what that is`, () =>
		answering(status, async (url) => {
			await assert.rejects(openRemote({ url, token: "a token" }).users.list(), { message });
		}));
}
