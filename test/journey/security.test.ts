/** What a device refuses, and what never leaves it. */

import assert from "node:assert/strict";
import { createECDH, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { decodeMap, encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import { decodeHello, helloSigned, mediaType } from "../../src/protocol/messages.js";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import { checkEnd, identityIn, linesOf, makeJourney, prepareService } from "./journey.js";
import { checkSecrets } from "./secrets.js";
import { signedBy } from "./signed-answer.js";
import { authority, type Between, inWorld, start, type World } from "./world.js";

const now = start / 1000;

/** A service that is taken over changes the body of one kind of reply, until told to stop. */
function changing(
	path: string,
	change: (map: MessagePackMap, request: Request) => MessagePackMap,
): { between: Between; stop: () => void } {
	let isOn = true;
	return {
		stop: () => (isOn = false),
		between: async (request, service) => {
			const response = await service.fetch(request.clone());
			if (!isOn || new URL(request.url).pathname !== path || response.status !== 200)
				return response;
			const map = decodeMap(new Uint8Array(await response.arrayBuffer())) ?? {};
			const changed = new Response(encodeMap(change(map, request)), {
				headers: { "content-type": mediaType },
			});
			return signedBy(service, request, changed);
		},
	};
}

async function typeAll({ terminal }: World, lines: readonly string[]): Promise<string> {
	await terminal.powerOn();
	let answer = "";
	for (const line of lines) answer = await terminal.type(line);
	return answer;
}

function newPublicKey(): Uint8Array {
	return createECDH("prime256v1").generateKeys();
}

const strangeCertificates: Readonly<Record<string, (reply: MessagePackMap) => MessagePackMap>> = {
	"for another key": (reply) => {
		const { uuid } = reply;
		const { certificate } = authority.issueDeviceCertificate(String(uuid), newPublicKey(), now);
		return { ...reply, certificate };
	},
	"for another UUID": (reply) => ({ ...reply, uuid: "00".repeat(20) }),
	"that is the CA's own": (reply) => ({
		...reply,
		certificate: authority.credential.certificate,
	}),
	"with a byte changed": (reply) => {
		const certificate = Uint8Array.from(reply.certificate as Uint8Array);
		certificate[certificate.length - 1] = (certificate[certificate.length - 1] ?? 0) ^ 1;
		return { ...reply, certificate };
	},
};

for (const [name, change] of Object.entries(strangeCertificates)) {
	test("a certificate " + name + " is refused and not kept", async () => {
		const attack = changing("/provision", change);
		await inWorld({ processor: "v8", between: attack.between }, async (world) => {
			const tokens = await prepareService(world);
			const answer = await typeAll(world, linesOf(tokens).slice(0, 4));
			assert.ok(answer.includes(sentenceOf(DmsResult.CertificateRefused)), answer);
			assert.match(await world.terminal.type("get dms.provision.status"), /1$/);
			attack.stop();
			await makeJourney(world, tokens);
			await checkEnd(world);
		});
	});
}

test("a certificate for our key by another CA is refused", async () => {
	const stranger = createAuthority(now);
	let publicKey: Uint8Array | undefined;
	await inWorld(
		{
			processor: "v8",
			between: async (request, service) => {
				const response = await service.fetch(request.clone());
				if (request.method !== "POST" || response.status !== 200) return response;
				publicKey = decodeMap(new Uint8Array(await request.arrayBuffer()))?.key as Uint8Array;
				const reply = decodeMap(new Uint8Array(await response.arrayBuffer())) ?? {};
				const uuid = String(reply.uuid);
				const { certificate } = stranger.issueDeviceCertificate(uuid, publicKey, now);
				return signedBy(service, request, new Response(encodeMap({ ...reply, certificate })));
			},
		},
		async (world) => {
			const answer = await typeAll(world, linesOf(await prepareService(world)).slice(0, 4));
			assert.equal(publicKey?.length, 65);
			assert.ok(answer.includes(sentenceOf(DmsResult.CertificateRefused)), answer);
		},
	);
});

const forgedHellos: Readonly<Record<string, (reply: MessagePackMap) => MessagePackMap>> = {
	"signed with a device's certificate": (reply) => {
		const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
		const point = publicKey.export({ type: "spki", format: "der" }).subarray(-65);
		const { certificate } = authority.issueDeviceCertificate("ab".repeat(20), point, now);
		const hello = decodeHello(reply.body as Uint8Array);
		const body = encodeMap({ ...hello, certificate });
		const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
		return { body, signature: Uint8Array.from(sign("sha256", helloSigned(body), key)) };
	},
	"with another time": (reply) => {
		const hello = decodeHello(reply.body as Uint8Array);
		return { ...reply, body: encodeMap({ ...hello, time: now + 1000 }) };
	},
	"with a signature of zeros": (reply) => ({ ...reply, signature: new Uint8Array(64) }),
};

for (const [name, change] of Object.entries(forgedHellos)) {
	test("a hello " + name + " is refused", async () => {
		const attack = changing("/hello", change);
		await inWorld({ processor: "v8", between: attack.between }, async (world) => {
			const tokens = await prepareService(world);
			const answer = await typeAll(world, linesOf(tokens).slice(0, 4));
			assert.ok(answer.includes(sentenceOf(DmsResult.HelloForged)), answer);
			attack.stop();
			await makeJourney(world, tokens);
			await checkEnd(world);
		});
	});
}

test("a hello to somebody else's nonce is refused", async () => {
	await inWorld(
		{
			processor: "v8",
			between: (request, service) =>
				service.fetch(
					new Request(request.url.replace(/nonce=.*/, "nonce=" + "A".repeat(22)), request),
				),
		},
		async (world) => {
			const answer = await typeAll(world, linesOf(await prepareService(world)).slice(0, 4));
			assert.ok(answer.includes(sentenceOf(DmsResult.HelloForged)), answer);
		},
	);
});

test("no secret is on the wire, in a log, a URL, an answer of get, or the audit", async () => {
	await inWorld({ processor: "xs" }, async (world) => {
		const { tokens } = await makeJourney(world, await prepareService(world));
		for (const name of ["all", "dms.provision.token", "wlan.passkey", "dms", "wlan", "system"]) {
			await world.terminal.type("get " + name);
		}
		await checkSecrets(world, tokens);
	});
});

test("two fresh boards never have the same key, and so never the same identity", async () => {
	const keys: string[] = [];
	for (let count = 0; count < 2; count++) {
		await inWorld({ processor: "xs" }, async (world) => {
			await typeAll(world, linesOf(await prepareService(world)).slice(0, 4));
			keys.push(Buffer.from(identityIn(world.board).key ?? []).toString("hex"));
		});
	}
	assert.equal(keys[0]?.length, 64);
	assert.notEqual(keys[0], keys[1]);
});
