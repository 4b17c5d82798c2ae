/** What a device sends when it tries again: PROTOCOL.md, section 4. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, prepareService } from "./journey.js";
import { type Between, inWorld } from "./world.js";

interface Sent {
	readonly request: string;
	readonly signatures: string;
}

/** Runs up to the claim; `answer` may take its first tries. Resolves with all that was asked. */
async function claimed(answer: (tries: number) => "lost" | "passed") {
	const sent: Sent[] = [];
	let tries = 0;
	const between: Between = async (request, service) => {
		const { pathname } = new URL(request.url);
		const { headers, method } = request;
		const signatures = headers.get("signature-input") + "\n" + headers.get("signature");
		sent.push({ request: method + " " + pathname, signatures });
		if (pathname !== "/claim") return service.fetch(request);
		const done = await service.fetch(request);
		return answer(++tries) === "lost" ? undefined : done;
	};
	await inWorld({ processor: "xs", between }, async (world) => {
		const lines = linesOf(await prepareService(world));
		await world.terminal.powerOn();
		for (const line of lines.slice(0, 4)) await world.terminal.type(line);
		sent.length = 0;
		assert.match(await world.terminal.type(lines[4] ?? ""), /Claimed by alice/);
		const claims = (await world.service().audit(100)).filter(
			({ action }) => action === "device.claim",
		);
		assert.equal(claims.length, 1, "it was done once");
	});
	return sent;
}

test("a try again within a call is the same request, signatures included", async () => {
	const sent = await claimed((tries) => (tries < 3 ? "lost" : "passed"));
	assert.deepEqual(
		sent.map(({ request }) => request),
		["POST /claim", "POST /claim", "POST /claim"],
	);
	assert.equal(new Set(sent.map(({ signatures }) => signatures)).size, 1);
});
