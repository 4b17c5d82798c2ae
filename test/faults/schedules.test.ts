import assert from "node:assert/strict";
import { test } from "node:test";
import { scheduleOf } from "./draw.js";
import { playSeed } from "./play.js";
import { kinds, parseSchedule, textOf } from "./schedule.js";
import { Tally } from "./tally.js";

/** `npm run faults -- --count 10000` plays fifty times as many. */
const seeds = 200;

test("two hundred journeys, each with up to six faults, end well", async (context) => {
	const tally = new Tally();
	for (let seed = 1; seed <= seeds; seed++) tally.add(await playSeed(seed, "v8"));
	assert.ok(tally.faults > seeds, "there was enough to go wrong");
	context.diagnostic(tally.text);
});

test("a seed always means the same faults, and all kinds of them come", () => {
	const drawn = new Set<string>();
	for (let seed = 1; seed <= seeds; seed++) {
		const schedule = scheduleOf(seed);
		assert.deepEqual(scheduleOf(seed), schedule);
		const count = schedule.cuts.length + schedule.faults.size;
		assert.ok(count >= 1 && count <= 6);
		for (const { kind } of [...schedule.cuts, ...schedule.faults.values()]) drawn.add(kind);
	}
	const cuts = ["flash", "message", "panic", "brown-out", "rot", "read", "write"];
	const joins = ["join", "silent join", "late join"];
	assert.deepEqual(drawn, new Set([...cuts, ...joins, ...kinds]));
});

test("a schedule can be written down and read again", () => {
	for (let seed = 1; seed <= seeds; seed++) {
		const schedule = scheduleOf(seed);
		assert.deepEqual(parseSchedule(textOf(schedule)), schedule);
	}
	for (const text of ["power cut", "rain in exchange 1", "request reset in exchange 1"]) {
		assert.throws(() => parseSchedule(text), text);
	}
});
