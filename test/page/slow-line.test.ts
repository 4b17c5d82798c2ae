import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { test } from "node:test";
import { movedOf, openChromium, skip } from "./chromium.js";
import { openPage } from "./open-page.js";

const pieces = 8;
/** Long enough for a browser to draw what it has. */
const pieceMilliseconds = 50;

async function sendInPieces(answer: Response, response: ServerResponse): Promise<void> {
	const bytes = Buffer.from(await answer.arrayBuffer());
	response.writeHead(answer.status, Object.fromEntries(answer.headers));
	const isPage = answer.headers.get("content-type")?.startsWith("text/html");
	const length = isPage ? Math.ceil(bytes.length / pieces) : bytes.length;
	for (let at = 0; at < bytes.length; at += length) {
		response.write(bytes.subarray(at, at + length));
		if (isPage) await new Promise((resolve) => setTimeout(resolve, pieceMilliseconds));
	}
	response.end();
}

test("a page that arrives in pieces is drawn when it is whole", { skip }, async (context) => {
	const { service, claimed, get, cookieOf } = await openPage(context);
	await service.users.add("root", { role: "admin" });
	const { uuid } = await claimed("alice");
	const cookie = await cookieOf("root");
	const server = createServer((request, response) => {
		void Promise.resolve(get(request.url ?? "/", cookie)).then((answer) =>
			sendInPieces(answer, response),
		);
	});
	context.after(() => server.close());
	await once(server.listen(0, "127.0.0.1"), "listening");
	const address = server.address();
	assert.ok(typeof address === "object" && address);
	const url = "http://127.0.0.1:" + address.port;
	const page = await (await openChromium()).newPage();
	for (const path of ["/devices", "/devices/" + uuid, "/tokens", "/users"]) {
		const answer = await page.goto(url + path, { waitUntil: "load" });
		assert.equal(answer?.status(), 200);
		assert.equal(await movedOf(page), 0, path);
	}
});
