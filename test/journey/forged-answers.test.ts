/**
 * Somebody on the way who passes for the service in TLS: he gets nothing but an outage out of it.
 */

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { answerSignature } from "../../hosts/dms/endpoint/answer-signature.js";
import { encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import { mediaType } from "../../src/protocol/messages.js";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import { linesOf, prepareService, type Tokens } from "./journey.js";
import { authority, type Between, inWorld, start, type World } from "./world.js";

const now = start / 1000;

/** What he answers to the request that he waits for; `genuine` is the service's own answer. */
type Forge = (request: Request, genuine: Response, earlier: Response) => Promise<Response>;

const reply = (map: MessagePackMap, status = 200): Response =>
	new Response(encodeMap(map), { status, headers: { "content-type": mediaType } });

/** An answer by a key that he has, in the form that the service's has. */
async function signedByHim(request: Request, response: Response, certificate: Uint8Array) {
	const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
	const body = new Uint8Array(await response.arrayBuffer());
	const answer = { status: response.status, body, headers: {} };
	const headers = await answerSignature(
		answer,
		request.headers,
		async () => ({ privateKey, certificate }),
		now,
	);
	return new Response(body, { status: response.status, headers });
}

const claimedByMallory = (): Response => reply({ user: "mallory" });
const refusal = (result: number, rule: string): Response =>
	reply({ result, rule, message: "Type dms_claim " + rule }, 403);

const forgeries: Readonly<Record<string, Forge>> = {
	"an answer without a signature": async () => claimedByMallory(),
	"a refusal without a signature": async () => refusal(DmsResult.NoAccess, "no-access"),
	"a status 404": async () => new Response(null, { status: 404 }),
	"a status 204": async () => new Response(null, { status: 204 }),
	"a wait of a day": async () =>
		new Response(null, { status: 503, headers: { "retry-after": "86400" } }),
	"a signature by a key of his own": (request) =>
		signedByHim(request, claimedByMallory(), authority.credential.certificate),
	"a signature by a key of his own, under the service's keyid": async (request, genuine) => {
		const his = await signedByHim(request, claimedByMallory(), authority.credential.certificate);
		const keyid = /keyid="(\w+)"/;
		const [, id = ""] = keyid.exec(genuine.headers.get("signature-input") ?? "") ?? [];
		const input = (his.headers.get("signature-input") ?? "").replace(keyid, `keyid="${id}"`);
		his.headers.set("signature-input", input);
		return his;
	},
	"an old answer, signed by the service": async (_request, _genuine, earlier) => earlier,
	"the genuine answer without its signature": async (_request, genuine) => {
		const headers = new Headers(genuine.headers);
		headers.delete("signature");
		return new Response(await genuine.arrayBuffer(), { status: genuine.status, headers });
	},
	"the genuine answer with another body": async (_request, genuine) =>
		new Response(encodeMap({ user: "mallory" }), genuine),
	"the genuine answer with another status": async (_request, genuine) =>
		new Response(await genuine.arrayBuffer(), { status: 202, headers: genuine.headers }),
	"the genuine answer with a wait": async (_request, genuine) => {
		const headers = new Headers(genuine.headers);
		headers.set("retry-after", "3600");
		return new Response(await genuine.arrayBuffer(), { status: genuine.status, headers });
	},
	"a signature out of range": async (_request, genuine) => {
		const headers = new Headers(genuine.headers);
		headers.set("signature", "service=:" + "A".repeat(86) + "==:");
		return new Response(await genuine.arrayBuffer(), { status: genuine.status, headers });
	},
};

/** Changes what is answered to one kind of request, as long as he is on. */
function onTheWay(method: string, path: string, forge: Forge) {
	let earlier = new Response(null, { status: 204 });
	const mallory = { isOn: true, asked: 0 };
	const between: Between = async (request, service) => {
		const genuine = await service.fetch(request.clone());
		const isWanted = request.method === method && new URL(request.url).pathname === path;
		if (mallory.isOn && isWanted) {
			mallory.asked++;
			return forge(request, genuine, earlier.clone());
		}
		if (genuine.status < 300) earlier = genuine.clone();
		return genuine;
	};
	return { mallory, between };
}

async function provisioned(world: World): Promise<Tokens> {
	const tokens = await prepareService(world);
	await world.terminal.powerOn();
	for (const line of linesOf(tokens).slice(0, 4)) await world.terminal.type(line);
	return tokens;
}

for (const [name, forge] of Object.entries(forgeries)) {
	for (const processor of ["v8", "xs"] as const) {
		test(name + " is an outage, and no answer: a claim on " + processor, async () => {
			const { mallory, between } = onTheWay("POST", "/claim", forge);
			await inWorld({ processor, between }, async (world) => {
				const { claim } = await provisioned(world);
				const said = await world.terminal.type("dms_claim " + claim);
				assert.ok(said.includes(sentenceOf(DmsResult.AnswerForeign)), said);
				assert.equal(said.includes("mallory"), false);
				mallory.isOn = false;
				assert.match(await world.terminal.type("dms_claim " + claim), /Claimed by alice/);
				assert.deepEqual(world.board.faults, []);
			});
		});
	}
}

test("a forged 204 to a release doesn't end the wish to be released", async () => {
	const mallory = { isOn: true, asked: 0 };
	const between: Between = async (request, service) => {
		if (!mallory.isOn || request.method !== "DELETE") return service.fetch(request);
		mallory.asked++;
		return new Response(null, { status: 204 });
	};
	await inWorld({ processor: "xs", between }, async (world) => {
		const tokens = await provisioned(world);
		const { terminal } = world;
		await terminal.type("dms_claim " + tokens.claim);
		await terminal.type("save");
		const mac = (await terminal.type("get wlan.mac")).trim();
		terminal.send("factory_reset " + mac);
		await terminal.until("[Ready]");
		const owner = async () => (await world.service().devices.list())[0]?.owner;
		for (const line of linesOf(tokens).slice(0, 3)) await terminal.type(line);
		await terminal.type("network_up");
		await world.clock.run(120_000);
		assert.ok(mallory.asked > 0, "he has answered");
		assert.equal(await owner(), "alice", "not released yet");
		mallory.isOn = false;
		await world.clock.run(2 * 3_600_000);
		assert.equal((await owner()) ?? null, null);
	});
});
