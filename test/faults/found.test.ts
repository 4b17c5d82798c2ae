/** What once broke, each by the least that it takes. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExchangeFault } from "../journey/faulty-network.js";
import { linesOf, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";
import { play } from "./play.js";
import { parseSchedule, type Schedule } from "./schedule.js";

const oneYearSeconds = 365 * 86_400;

/** Exchanges of a journey: 0 hello, 1 and 2 provision, 3 claim, 4 activate. */
const found: Readonly<Record<string, Schedule>> = {
	"a clock that jumps ahead before the credentials come": scheduleOf([
		1,
		{ kind: "device clock", jumpSeconds: 20 * oneYearSeconds },
	]),
	"a clock that jumps ahead before the acknowledgement": scheduleOf(
		[2, { kind: "device clock", jumpSeconds: oneYearSeconds }],
		[3, { kind: "device clock", jumpSeconds: -oneYearSeconds }],
	),
	"a backup that is older than the acknowledgement only": scheduleOf([
		3,
		{ kind: "service restored", backup: 2 },
	]),
};

function scheduleOf(...faults: readonly (readonly [number, ExchangeFault])[]): Schedule {
	return { cuts: [], faults: new Map(faults) };
}

for (const processor of ["v8", "xs"] as const) {
	for (const [name, schedule] of Object.entries(found)) {
		test(name + ", on " + processor, async () => {
			const { faults, tries } = await play(schedule, { processor });
			assert.equal(faults, schedule.faults.size);
			if (name.startsWith("a clock")) assert.equal(tries, 1, "nobody has to release a time");
		});
	}
}

test("a backup that is older than the owner, taken up when all was done", async () => {
	const text =
		"absence of 616 days before line 5; 1 failures from read 12 on; " +
		"service restored in exchange 8 backup 2";
	const { tries } = await play(parseSchedule(text), { processor: "v8", seed: 2_033_575 });
	assert.ok(tries > 1, "the person was told, and has typed it again");
});

test("power that fails once more while a start finishes the last cut is no fault", async () => {
	const cuts = [
		{ kind: "flash", index: 5, point: "last" },
		{ kind: "flash", index: 6, point: "before" },
	] as const;
	assert.equal((await play({ cuts, faults: new Map() }, { processor: "v8" })).faults, 2);
});

test("a copy that rots while it is mirrored brings back none with a token", async () => {
	for (let index = 24; index <= 29; index++) {
		const cuts = [{ kind: "rot", index }] as const;
		for (const isAlone of [false, true]) {
			await play({ cuts, faults: new Map() }, { processor: "v8", isAlone });
		}
	}
});

test("a device with worn flash still starts", async () => {
	const cuts = [{ kind: "flash", index: 5, point: "last" }] as const;
	await inWorld({ processor: "v8", cuts }, async (world) => {
		const { terminal, board } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world)).slice(0, 4);
		await assert.rejects(async () => {
			for (const line of lines) await terminal.type(line);
		});
		board.nvs.write = () => {
			throw new Error("worn out");
		};
		await terminal.powerOn();
		assert.equal(await terminal.type("get dms.provision.status"), "3");
	});
});

test("what flash doesn't take, memory doesn't have", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal, board } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world));
		const write = board.nvs.write;
		board.nvs.write = () => {
			throw new Error("worn out");
		};
		assert.match(await terminal.type(lines[3] ?? ""), /^Command failed\r\n.*flash/);
		assert.equal(await terminal.type("get dms.provision.status"), "0");
		board.nvs.write = write;
		for (const line of lines) await terminal.type(line);
		assert.equal(await terminal.type("get dms.provision.status"), "3");
	});
});
