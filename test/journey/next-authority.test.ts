/** The CA is followed by the next one, and devices go over to it when they renew. */

import assert from "node:assert/strict";
import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { decodeRenewalRequest, nextAuthoritySigned } from "../../src/protocol/messages.js";
import { identityIn, linesOf, makeJourney, prepareService } from "./journey.js";
import { signedBy } from "./signed-answer.js";
import { type Between, inWorld, start, type World, type WorldOptions } from "./world.js";

const dayMilliseconds = 86_400_000;
/** Beyond two thirds and a twelfth of 397 days. */
const dueMilliseconds = 300 * dayMilliseconds;

async function inActive(
	options: Partial<WorldOptions>,
	act: (world: World) => Promise<void>,
): Promise<void> {
	await inWorld({ processor: "v8", isMortal: true, ...options }, async (world) => {
		await makeJourney(world, await prepareService(world));
		for (const line of ["set wlan.auto_join.enabled 1", "save"]) await world.terminal.type(line);
		await act(world);
	});
}

function fingerprintIn({ board }: World): string {
	const { authority = new Uint8Array() } = identityIn(board);
	return createHash("sha256").update(authority).digest("hex");
}

async function assertServed(world: World): Promise<void> {
	const devices = await world.service().devices.list();
	assert.equal(devices.length, 1);
	const { token } = await world.service().tokens.addClaim({ user: "alice" });
	assert.match(await world.terminal.type("dms_claim " + token), /Claimed by alice/);
}

test("a device takes the next CA when it renews, in four writes, and trusts it alone", async () => {
	await inActive({}, async (world) => {
		const { board, clock } = world;
		const first = fingerprintIn(world);
		const next = await world.service().certificates.addNext();
		await world.restart();
		await assertServed(world);
		assert.equal(fingerprintIn(world), first, "not before it renews");
		const { writes } = board.nvs;
		await clock.run(dueMilliseconds);
		assert.equal(board.nvs.writes - writes, 4);
		assert.equal(fingerprintIn(world), next);
		const { authority, certificate } = identityIn(board);
		const issuer = new X509Certificate(authority ?? "");
		assert.ok(new X509Certificate(certificate ?? "").verify(issuer.publicKey));
		await assertServed(world);
		await world.board.powerOff();
		await world.terminal.powerOn();
		await assertServed(world);
	});
});

test("who was in a drawer over two CAs comes after, one at a time", async () => {
	await inActive({}, async (world) => {
		const { board, clock, terminal } = world;
		await board.powerOff();
		await world.service().certificates.addNext();
		const last = await world.service().certificates.addNext();
		await world.restart();
		await clock.run(10 * 365 * dayMilliseconds);
		await terminal.powerOn();
		await clock.run(dueMilliseconds + 10 * dayMilliseconds);
		assert.equal(fingerprintIn(world), last);
		await assertServed(world);
	});
});

test("a new token is for the newest CA, one from before for the one that it names", async () => {
	await inWorld({ processor: "v8", isMortal: true }, async (world) => {
		const tokens = await prepareService(world);
		const next = await world.service().certificates.addNext();
		await world.restart();
		await world.terminal.powerOn();
		for (const line of linesOf(tokens)) await world.terminal.type(line);
		assert.notEqual(fingerprintIn(world), next);
		await assertServed(world);
		const { token } = await world.service().tokens.addProvisioning();
		const mac = (await world.terminal.type("get wlan.mac")).split("\r\n").at(-1) ?? "";
		world.terminal.send("dms_forget " + mac);
		await world.terminal.until("[Ready]\r\n> ");
		await world.terminal.type("dms_provision " + token);
		assert.equal(await world.terminal.type("get dms.provision.status"), "3");
		assert.equal(fingerprintIn(world), next);
	});
});

/** A service in other hands: it answers a renewal by a CA of its own, stated by some key. */
function usurping(
	his: Authority,
	keyOf: (serverKey: KeyObject) => KeyObject,
	tally: { count: number },
): Between {
	return async (request, service) => {
		const target = request.clone();
		const asked = decodeRenewalRequest(new Uint8Array(await request.clone().arrayBuffer()));
		const answer = await service.fetch(request);
		if (!target.url.endsWith("/renewal")) return answer;
		tally.count++;
		const key = keyOf(createPrivateKey((await service.serverFiles()).key));
		const body = encodeMap({ authority: his.credential.certificate });
		const signed = nextAuthoritySigned(body);
		const signature = sign("sha256", signed, { key, dsaEncoding: "ieee-p1363" });
		const authority = encodeMap({ body, signature: Uint8Array.from(signature) });
		const [device] = await service.devices.list();
		const { certificate } = his.issueDeviceCertificate(
			device?.uuid ?? "",
			asked?.key ?? new Uint8Array(),
			service.now() / 1000,
		);
		const reply = new Response(encodeMap({ certificate, authority }), answer);
		return signedBy(service, target, reply);
	};
}

const thieves: Readonly<Record<string, (his: Authority) => (server: KeyObject) => KeyObject>> = {
	"a stolen server's key": () => (server) => server,
	"the false CA's own key": (his) => () => his.credential.privateKey,
};

for (const [name, keyOf] of Object.entries(thieves)) {
	test("a next CA that is stated by " + name + " is refused", async () => {
		const his = createAuthority(start / 1000);
		const asked = { count: 0 };
		const between = usurping(his, keyOf(his), asked);
		await inActive({ between }, async (world) => {
			const first = fingerprintIn(world);
			await world.board.powerOff();
			await world.clock.run(dueMilliseconds);
			const { writes } = world.board.nvs;
			await world.terminal.powerOn();
			await world.clock.run(2 * dayMilliseconds);
			assert.ok(asked.count > 0, "he was asked");
			assert.equal(fingerprintIn(world), first);
			assert.equal(identityIn(world.board).next, undefined);
			assert.equal(world.board.nvs.writes, writes, "nothing of it is written");
			await assertServed(world);
		});
	});
}
