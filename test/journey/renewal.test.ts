/** A device renews its key and certificate by itself, and stays who it is. */

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { identityIn, makeJourney, prepareService } from "./journey.js";
import { cutPoints } from "../../hosts/board/power.js";
import { inWorld, type World, type WorldOptions } from "./world.js";

const dayMilliseconds = 86_400_000;

async function inProvisioned(
	options: Partial<WorldOptions>,
	act: (world: World) => Promise<void>,
): Promise<void> {
	await inWorld({ processor: "v8", ...options }, async (world) => {
		await makeJourney(world, await prepareService(world));
		for (const line of ["set wlan.auto_join.enabled 1", "save"]) await world.terminal.type(line);
		await act(world);
	});
}

async function deviceOf(world: World) {
	const { devices } = world.service();
	const all = await devices.list();
	assert.equal(all.length, 1, "one device, whatever happens");
	return devices.show(all[0]?.uuid ?? "");
}

function keyOf({ board }: World): string {
	return Buffer.from(identityIn(board).key ?? []).toString("hex");
}

test("at two thirds of its life a certificate is renewed, in four writes", async () => {
	await inProvisioned({}, async (world) => {
		const { board, clock } = world;
		const before = await deviceOf(world);
		const key = keyOf(world);
		await clock.run(264 * dayMilliseconds);
		assert.equal(keyOf(world), key, "not before its time");
		const { writes } = board.nvs;
		await clock.run(40 * dayMilliseconds);
		assert.notEqual(keyOf(world), key);
		assert.equal(board.nvs.writes - writes, 4);
		const after = await deviceOf(world);
		assert.deepEqual(
			[after.uuid, after.owner, after.product],
			[before.uuid, before.owner, before.product],
		);
		const { certificate, next } = identityIn(board);
		assert.equal(next, undefined);
		assert.equal(new X509Certificate(certificate ?? "").subject, "CN=" + after.uuid);
		assert.notEqual(after.keyId, before.keyId);
		assert.deepEqual([after.certificates.length, after.nextKeyId], [2, null]);
	});
});

test("a device that was ten years on a shelf comes back, and renews", async () => {
	await inProvisioned({}, async (world) => {
		const { board, clock, terminal } = world;
		const before = keyOf(world);
		await board.powerOff();
		await clock.run(10 * 365 * dayMilliseconds);
		await terminal.powerOn();
		const { token } = await world.service().tokens.addClaim({ user: "alice" });
		assert.match(await terminal.type("dms_claim " + token), /Claimed by alice/);
		await clock.run(2 * dayMilliseconds);
		assert.notEqual(keyOf(world), before);
		await deviceOf(world);
	});
});

/** The device in a service that renews is cut off once, and goes on by itself. */
async function renewCut(cut: Parameters<typeof inProvisioned>[0]["cuts"]): Promise<void> {
	await inProvisioned({ ...(cut && { cuts: cut }) }, async (world) => {
		const { board, clock, terminal } = world;
		const before = keyOf(world);
		await clock.run(300 * dayMilliseconds);
		if (!board.isOn) await terminal.powerOn();
		await clock.run(2 * dayMilliseconds);
		assert.equal(board.power.failures, 1, "it has happened");
		assert.notEqual(keyOf(world), before);
		assert.equal(identityIn(board).next, undefined);
		const { keyId, nextKeyId } = await deviceOf(world);
		assert.equal(nextKeyId, null);
		assert.equal(board.faults.length, 0, keyId);
		const { token } = await world.service().tokens.addClaim({ user: "alice" });
		assert.match(await terminal.type("dms_claim " + token), /Claimed by alice/);
	});
}

test("a cut of power at any flash operation leaves one pair that works", async () => {
	let first = 0;
	let last = 0;
	await inProvisioned({}, async ({ board, clock }) => {
		first = board.power.flashOperations;
		await clock.run(300 * dayMilliseconds);
		last = board.power.flashOperations;
	});
	assert.equal(last - first, 4);
	for (let index = first; index < last; index++) {
		for (const point of cutPoints) await renewCut([{ kind: "flash", index, point }]);
	}
});
