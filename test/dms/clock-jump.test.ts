/** The machine's clock jumps while the service runs: devices aren't told, and nothing is pruned. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "../../hosts/dms/log.js";
import { openService } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { createClock, secondsPerDay } from "./clock.js";
import { createNonce, origin } from "./protocol-device.js";

const hour = 3_600_000;
const day = secondsPerDay * 1000;

/** A service on a machine that has been up for a day. */
async function onMachine(up = day) {
	const wall = { now: createClock().now() };
	const running = { milliseconds: up };
	const log: LogEntry[] = [];
	const service = await openService({
		...{ database: memory, authority: createAuthority(Math.floor(wall.now / 1000)) },
		addresses: ["dms.example.com:8443"],
		clocks: {
			now: () => wall.now,
			uptime: () => running.milliseconds,
			// It doesn't count what the machine slept.
			quickUptime: () => running.milliseconds / 2,
		},
		log: (entry) => log.push(entry),
	});
	const pass = (milliseconds: number, jump = 0): void => {
		running.milliseconds += milliseconds;
		wall.now += milliseconds + jump;
	};
	const hello = async (): Promise<number> =>
		(await service.fetch(new Request(origin + "/hello?nonce=" + createNonce()))).status;
	return { service, log, pass, hello };
}

test("a clock that jumps ahead is told to nobody, until it is back", async (context) => {
	const { service, log, pass, hello } = await onMachine();
	context.after(() => service.close());
	assert.equal(await hello(), 200);
	pass(3 * day);
	assert.equal(await hello(), 200, "time passes, also while the machine sleeps");
	assert.equal(await service.pruning.begin(), false, "it begins a day later");
	pass(day - 1000);
	pass(1000, 300 * day);
	assert.equal(await hello(), 503);
	assert.equal(await service.pruning.begin(), false);
	const faults = log.filter(({ kind }) => kind === "fault");
	assert.match(JSON.stringify(faults), /clock has jumped to 2027-.* start opendms anew/);
	pass(1000, -300 * day);
	assert.equal(await hello(), 200);
	assert.equal(await service.pruning.begin(), true);
	pass(1000, -5 * day);
	assert.equal(await hello(), 200, "a device judges for itself what is behind");
	pass(1000, 5 * day);
	assert.equal(await hello(), 200);
});

test("what a clock goes on saying for an hour is believed", async (context) => {
	const { service, pass, hello } = await onMachine();
	context.after(() => service.close());
	pass(1000, 2 * day);
	assert.equal(await hello(), 503);
	pass(hour - 1000);
	assert.equal(await hello(), 503);
	pass(1000);
	assert.equal(await hello(), 200);
	pass(1000, 2 * day);
	assert.equal(await hello(), 503, "and another jump is one");
});

test("a machine that has just started may get its time", async (context) => {
	const { service, pass, hello } = await onMachine(20_000);
	context.after(() => service.close());
	pass(30_000, 40 * day);
	assert.equal(await hello(), 200);
});
