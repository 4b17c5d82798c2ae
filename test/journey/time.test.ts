/** Time on the device: it only goes on, it is kept, and a person can release a wrong one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import { inFleet } from "../update/fleet.js";
import { checkEnd, identityIn, linesOf, makeJourney, prepareService } from "./journey.js";
import { inWorld, start, type World } from "./world.js";

const daySeconds = 86_400;
const yearSeconds = 365 * daySeconds;

/** The service's clock is wrong in these exchanges. */
function wrongClock(errorSeconds: number, exchanges: readonly number[]) {
	const fault = { kind: "service clock", errorSeconds } as const;
	return new Map(exchanges.map((exchange) => [exchange, fault]));
}

async function macOf({ terminal }: World): Promise<string> {
	return (await terminal.type("get wlan.mac")).split("\r\n").at(-1) ?? "";
}

async function reset(world: World): Promise<void> {
	await world.board.powerOff();
	await world.terminal.powerOn();
}

test("a service that was weeks ahead costs a factory reset, not the device", async () => {
	const faults = wrongClock(20 * daySeconds, [0, 1, 2]);
	await inWorld({ processor: "v8", isMortal: true, faults }, async (world) => {
		const { terminal } = world;
		const tokens = await prepareService(world);
		await terminal.powerOn();
		for (const line of linesOf(tokens).slice(0, 4)) await terminal.type(line);
		assert.match(await terminal.type("get dms.provision.status"), /3$/);
		const uuid = await terminal.type("get system.uuid");
		await reset(world);
		const claim = "dms_claim " + tokens.claim;
		const refusal = await terminal.type(claim);
		assert.ok(refusal.includes(sentenceOf(DmsResult.ClockBehind)), refusal);
		assert.match(refusal, /factory_reset <MAC>/);
		terminal.send("factory_reset " + (await macOf(world)));
		await terminal.until("[Ready]\r\n> ");
		await makeJourney(world, tokens);
		await checkEnd(world);
		assert.equal(await terminal.type("get system.uuid"), uuid, "it is the same device");
	});
});

test("a certificate that ended while the device was in use is no good after a reset", async () => {
	const faults = wrongClock(-2 * yearSeconds, [5]);
	await inWorld({ processor: "v8", isMortal: true, faults }, async (world) => {
		const { board, clock, terminal } = world;
		const tokens = await prepareService(world);
		await terminal.powerOn();
		for (const line of linesOf(tokens).slice(0, 4)) await terminal.type(line);
		await board.powerOff();
		await clock.run(2 * yearSeconds * 1000);
		await terminal.powerOn();
		const { claim } = await world
			.service()
			.tokens.addClaim({ user: "alice" })
			.then(({ token }) => ({ claim: token }));
		assert.match(await terminal.type("dms_claim " + claim), /Claimed by/);
		await reset(world);
		const refusal = await terminal.type("dms_claim " + claim);
		assert.equal(world.net.failures, 1);
		assert.ok(refusal.includes(sentenceOf(DmsResult.ClockBehind)), refusal);
	});
});

test("time is stored with what is written anyway, and once a week", async () => {
	await inFleet({}, async (fleet) => {
		const { board, bundles, clock, terminal } = fleet;
		bundles.interval = daySeconds;
		await terminal.type("set dfu.poll_enabled 1");
		await terminal.type("save");
		await reset(fleet);
		const { writes } = board.nvs;
		const before = identityIn(board).time ?? 0;
		await clock.run(70 * daySeconds * 1000);
		assert.ok(bundles.queries.length > 60);
		const stored = board.nvs.writes - writes;
		assert.ok(stored >= 8 && stored <= 10, stored + " writes in ten weeks");
		const lag = clock.now() / 1000 - (identityIn(board).time ?? 0);
		assert.ok(before > 0 && lag <= 15 * daySeconds, lag + " seconds behind");
	});
});

test("a service whose clock is before the firmware's build is told so", async () => {
	const faults = wrongClock(-(start / 1000 - yearSeconds), [0]);
	await inWorld({ processor: "v8", isMortal: true, faults }, async (world) => {
		const { terminal } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world)).slice(0, 4);
		let answer = "";
		for (const line of lines) answer = await terminal.type(line);
		assert.ok(answer.includes(sentenceOf(DmsResult.ClockBehind)), answer);
		// Once it is right the device may have been quicker by itself.
		assert.match(await terminal.type("dms_provision"), /^(\[Provisioned\]\r\n)?Success$/);
	});
});

for (const isProvisioned of [false, true]) {
	const state = isProvisioned ? "an identity" : "a token";
	test("a device with " + state + " forgets it when a person says so, and only then", async () => {
		await inWorld({ processor: "v8" }, async (world) => {
			const { board, terminal } = world;
			await terminal.powerOn();
			const lines = linesOf(await prepareService(world)).slice(0, 4);
			if (!isProvisioned) lines[3] = (lines[3] ?? "").replace("dms_p", "set dms.p");
			if (!isProvisioned) lines[3] = (lines[3] ?? "").replace("rovision", "rovision.token");
			const online = isProvisioned ? lines : lines.slice(3);
			for (const line of online) await terminal.type(line);
			const before = identityIn(board).key;
			assert.equal(before?.length, 32);
			const wrong = await terminal.type("dms_forget 00:00:00:00:00:00");
			assert.match(wrong, /Confirm with this device's own MAC: dms_forget/);
			assert.deepEqual(identityIn(board).key, before);
			terminal.send("dms_forget " + (await macOf(world)));
			await terminal.until("[Ready]\r\n> ");
			assert.equal(await terminal.type("get dms.provision.status"), "0");
			for (const copy of ["a", "b"]) {
				const kept = Buffer.from(board.nvs.read("opendms", "identity." + copy) ?? []);
				assert.ok(!kept.includes(Buffer.from(before)), "no copy of the key is left");
			}
			await makeJourney(world, await prepareAgain(world));
			assert.notDeepEqual(identityIn(board).key, before);
		});
	});
}

async function prepareAgain({ service }: World) {
	const { tokens } = service();
	const provisioning = (await tokens.addProvisioning()).token;
	return { provisioning, claim: (await tokens.addClaim({ user: "alice" })).token };
}

test("an identity that can never be read again can be forgotten", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { board, terminal } = world;
		const tokens = await prepareService(world);
		await makeJourney(world, tokens);
		await board.powerOff();
		for (const copy of ["a", "b"])
			board.nvs.write("opendms", "identity." + copy, new Uint8Array(99));
		await terminal.powerOn();
		assert.match(await terminal.type("dms_provision"), /dms_forget <MAC>/);
		terminal.send("dms_forget " + (await macOf(world)));
		await terminal.until("[Ready]\r\n> ");
		await makeJourney(world, await prepareAgain(world));
	});
});

test("a factory reset takes a held token, and provisions nobody first", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { board, clock, terminal } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world));
		await terminal.type((lines[3] ?? "").replace("dms_provision", "set dms.provision.token"));
		// In one paste: a device that has its network too provisions itself, which must not come first.
		const resetLine = "factory_reset " + (await macOf(world));
		for (const line of [...lines.slice(0, 2), resetLine]) terminal.send(line);
		await terminal.until("[Ready]\r\n> ");
		assert.deepEqual(await world.service().devices.list(), []);
		assert.equal(await terminal.type("get dms.provision.status"), "0");
		for (const line of lines.slice(0, 3)) await terminal.type(line);
		await reset(world);
		await clock.run(daySeconds * 1000);
		assert.deepEqual(await world.service().devices.list(), []);
		for (const copy of ["a", "b"]) {
			const kept = Buffer.from(board.nvs.read("opendms", "identity." + copy) ?? []);
			assert.ok(!kept.includes("dms1/"), "no copy of the token is left");
		}
	});
});

test("a factory reset before the acknowledgement leaves a device that works", async () => {
	const faults = new Map([2, 3, 4].map((one) => [one, { kind: "request lost" }] as const));
	await inWorld({ processor: "v8", isMortal: true, faults }, async (world) => {
		const { terminal } = world;
		const tokens = await prepareService(world);
		await terminal.powerOn();
		for (const line of linesOf(tokens).slice(0, 4)) await terminal.type(line);
		assert.match(await terminal.type("get dms.provision.status"), /2$/);
		terminal.send("factory_reset " + (await macOf(world)));
		await terminal.until("[Ready]\r\n> ");
		await makeJourney(world, tokens);
		await checkEnd(world);
	});
});
