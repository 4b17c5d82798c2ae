/** A device that its operator has locked out, or revoked: it waits, and loses nothing. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { identityIn, makeJourney, prepareService } from "./journey.js";
import { inWorld, type World } from "./world.js";

const dayMilliseconds = 86_400_000;
/** Beyond two thirds and a twelfth of 397 days: it is to renew, and can't. */
const dueDays = 310;
const watchedDays = 30;
/** An update that is asked for, a renewal, and a release of its owner, and one more. */
const requestsDaily = 4;

async function inActive(act: (world: World, uuid: string) => Promise<void>): Promise<void> {
	await inWorld({ processor: "v8" }, async (world) => {
		await makeJourney(world, await prepareService(world));
		const polling = ["set wlan.auto_join.enabled 1", "set dfu.poll_enabled 1", "save"];
		for (const line of polling) await world.terminal.type(line);
		await world.board.powerOff();
		await world.terminal.powerOn();
		await act(world, identityIn(world.board).uuid ?? "");
	});
}

function keyIn({ board }: World): string {
	const { key, certificate } = identityIn(board);
	return Buffer.concat([key ?? new Uint8Array(), certificate ?? new Uint8Array()]).toString("hex");
}

test("a device that is locked out asks a few times a day, and is back when it may", async () => {
	await inActive(async (world, uuid) => {
		const { net, board, clock, terminal } = world;
		const { devices, tokens } = world.service();
		await devices.lock(uuid);
		const key = keyIn(world);
		await clock.run(dueDays * dayMilliseconds);
		const [asked, writes] = [net.exchanges, board.nvs.writes];
		await clock.run(watchedDays * dayMilliseconds);
		const daily = (net.exchanges - asked) / watchedDays;
		assert.ok(daily <= requestsDaily, daily + " requests a day");
		assert.ok(board.nvs.writes - writes <= watchedDays / 7 + 1, "the time alone is written");
		assert.equal(keyIn(world), key, "it stays who it is");
		assert.equal(await terminal.type("get dms.provision.status"), "3");
		const { token } = await tokens.addClaim({ user: "alice" });
		assert.match(await terminal.type("dms_claim " + token), /has locked this device out/);
		assert.match(await terminal.type("why"), /locked this device out/);
		assert.match(await terminal.type("dfu_query"), /locked this device out/);
		await devices.unlock(uuid);
		await clock.run(2 * dayMilliseconds);
		assert.notEqual(keyIn(world), key, "it has renewed by itself");
		const { token: later } = await tokens.addClaim({ user: "alice" });
		assert.match(await terminal.type("dms_claim " + later), /Claimed by alice/);
		assert.equal((await devices.list()).length, 1);
	});
});

test("one that is revoked is refused by what it has, and by a token too", async () => {
	await inActive(async (world, uuid) => {
		const { net, board, clock, terminal } = world;
		const { devices, tokens } = world.service();
		await devices.revoke(uuid);
		const key = keyIn(world);
		await terminal.type("factory_reset " + board.mac);
		await terminal.until("[Ready]\r\n> ");
		const { token } = await tokens.addProvisioning();
		const { token: claim } = await tokens.addClaim({ user: "alice" });
		for (const line of ["set wlan.ssid demo", 'set wlan.passkey "correct horse"', "save"]) {
			await terminal.type(line);
		}
		assert.match(await terminal.type("dms_provision " + token), /already provisioned/);
		assert.match(await terminal.type("dms_claim " + claim), /has locked this device out/);
		const asked = net.exchanges;
		await clock.run(watchedDays * dayMilliseconds);
		assert.ok((net.exchanges - asked) / watchedDays <= requestsDaily);
		assert.equal(keyIn(world), key);
		assert.equal(await terminal.type("get dms.provision.status"), "3");
		assert.match(await terminal.type("dms_claim " + claim), /has locked this device out/);
	});
});
