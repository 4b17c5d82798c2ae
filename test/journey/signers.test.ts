/** Who signs a device's answers: another library's code, a renewed server, or nobody at all. */

import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { test } from "node:test";
import { httpbis } from "http-message-signatures";
import { encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import { mediaType } from "../../src/protocol/messages.js";
import { contentDigest } from "../../src/protocol/signature.js";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import type { Service } from "../../hosts/dms/service.js";
import { linesOf, prepareService } from "./journey.js";
import { address, type Between, inWorld, product, type World } from "./world.js";

const processors = ["v8", "xs"] as const;
const outage = sentenceOf(DmsResult.AnswerForeign);

/** The service's answer without its signature, signed by a library's code in its stead. */
async function signedByLibrary(request: Request, answer: Response, service: Service) {
	const body = new Uint8Array(await answer.arrayBuffer());
	const privateKey = createPrivateKey((await service.serverFiles()).key);
	const info = createPublicKey(privateKey).export({ type: "spki", format: "der" });
	const id = createHash("sha256").update(info).digest("hex");
	const headers: { [name: string]: string } = {};
	for (const [name, value] of answer.headers) {
		if (!name.startsWith("signature")) headers[name] = value;
	}
	if (body.length > 0) headers["content-digest"] = contentDigest(sha256(body));
	const hasBody = body.length > 0 ? ["content-digest"] : [];
	const isAsked = headers["retry-after"] === undefined ? [] : ["retry-after"];
	const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
	const signed = await httpbis.signMessage(
		{
			name: "service",
			key: { id, alg: "ecdsa-p256-sha256", sign: async (base) => sign("sha256", base, key) },
			fields: ["@status", ...hasBody, ...isAsked, '"signature";req;key="device"'],
			params: ["created", "alg", "keyid"],
			paramValues: { created: new Date(service.now()) },
		},
		{ status: answer.status, headers },
		{ method: request.method, url: request.url, headers: Object.fromEntries(request.headers) },
	);
	const fields = Object.entries(signed.headers).map(([name, value]) => [name, String(value)]);
	return new Response(body.length > 0 ? body : null, {
		status: answer.status,
		headers: Object.fromEntries(fields),
	});
}

const sha256 = (bytes: Uint8Array): Uint8Array =>
	Uint8Array.from(createHash("sha256").update(bytes).digest());

const pathOf = (request: Request): string => new URL(request.url).pathname;

/** Types the first lines of the journey; the answers of all of them. */
async function typed(world: World, count: number): Promise<string> {
	const tokens = await prepareService(world);
	await world.terminal.powerOn();
	let said = "";
	for (const line of linesOf(tokens).slice(0, count)) said += await world.terminal.type(line);
	return said;
}

for (const processor of processors) {
	test("answers that another library has signed are the service's, on " + processor, async () => {
		let count = 0;
		const between: Between = async (request, service) => {
			const answer = await service.fetch(request.clone());
			if (pathOf(request) === "/hello") return answer;
			count++;
			return signedByLibrary(request, answer, service);
		};
		await inWorld({ processor, between }, async (world) => {
			const said = await typed(world, 6);
			assert.match(said, /Claimed by alice/);
			assert.match(said, /Lamp/);
			assert.match(
				await world.terminal.type("dms_claim 0000-0000-0000-0000-0000"),
				/no such token/,
			);
			assert.equal(count, 5, "none of them had to come twice");
		});
	});

	test("a server's new key costs one more hello, and nothing else, on " + processor, async () => {
		const asked: string[] = [];
		const between: Between = (request, service) => {
			asked.push(request.method + " " + pathOf(request));
			return service.fetch(request);
		};
		await inWorld({ processor, between }, async (world) => {
			await typed(world, 5);
			asked.length = 0;
			await world.service().setAddresses([address, "elsewhere.test:8443"]);
			assert.match(await world.terminal.type("dms_activate " + product), /Lamp/);
			assert.deepEqual(asked, ["POST /activate", "GET /hello", "POST /activate"]);
		});
	});
}

test("a key that no hello shows is asked for once a try, and not for ever", async () => {
	const asked: string[] = [];
	const between: Between = async (request, service) => {
		asked.push(pathOf(request));
		const answer = await service.fetch(request);
		if (pathOf(request) !== "/claim") return answer;
		const headers = new Headers(answer.headers);
		const input = headers.get("signature-input") ?? "";
		headers.set("signature-input", input.replace(/keyid="\w+"/, `keyid="${"0".repeat(64)}"`));
		return new Response(await answer.arrayBuffer(), { status: answer.status, headers });
	};
	await inWorld({ processor: "xs", between }, async (world) => {
		const said = await typed(world, 5);
		assert.ok(said.includes(outage), said);
		const since = asked.slice(asked.indexOf("/claim"));
		assert.deepEqual(since, ["/claim", "/hello", "/claim", "/hello", "/claim"]);
	});
});

const reply = (map: MessagePackMap, status: number): Response =>
	new Response(encodeMap(map), { status, headers: { "content-type": mediaType } });

const refusal = { result: DmsResult.TokenSpent, rule: "token-spent", message: "Throw it away." };

/** What somebody on the way answers, and the line that he answers so. */
const forgeries: readonly (readonly [string, string, () => Response, number])[] = [
	["POST", "/provision", () => reply(refusal, 409), 3],
	["PUT", "/provision", () => new Response(null, { status: 204 }), 3],
	["POST", "/claim", () => reply({ user: "mallory" }, 206), 4],
	["POST", "/activate", () => reply({ product, title: "Throw it away.", message: "" }, 200), 5],
	["POST", "/update", () => reply({ rule: "Throw it away.", message: "mallory" }, 200), 6],
	["POST", "/update", () => reply(refusal, 404), 6],
];

for (const [method, path, forge, before] of forgeries) {
	const name = method + " " + path + ", status " + forge().status;
	test("what nobody has signed is an outage, and changes nothing: " + name, async () => {
		let isOn = true;
		const between: Between = async (request, service) => {
			if (!isOn || request.method !== method || pathOf(request) !== path) {
				return service.fetch(request);
			}
			return forge();
		};
		await inWorld({ processor: "xs", between }, async (world) => {
			const tokens = await prepareService(world);
			const { terminal } = world;
			await terminal.powerOn();
			const lines = [...linesOf(tokens), "dfu_query"];
			for (const line of lines.slice(0, before)) await terminal.type(line);
			const said = await terminal.type(lines[before] ?? "");
			assert.ok(said.includes(outage), said);
			assert.doesNotMatch(said, /mallory|Throw it away/);
			isOn = false;
			for (const line of lines.slice(before)) {
				assert.equal((await terminal.type(line)).includes(outage), false);
			}
			assert.deepEqual(world.board.faults, []);
		});
	});
}
