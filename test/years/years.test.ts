import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "./history.js";
import { storiesOf } from "./stories.js";
import { playYears } from "./years.js";

/** `npm run faults -- --years 10 --devices 1000` plays them all. */
test("two years of a few devices end as their stories say", async () => {
	const { counts, broken } = await playYears({ years: 2, devices: 4, seed: 1 });
	assert.deepEqual(broken, []);
	for (const kind of ["renewal", "next CA", "rebuild", "product key leaked", "mishap"]) {
		assert.ok((counts.get(kind) ?? 0) > 0, kind);
	}
});

test("stories are the same for a seed, and all kinds of deeds are in them", () => {
	const history = new History(10, 1000);
	const stories = storiesOf(7, 1000, history);
	assert.deepEqual(storiesOf(7, 1000, history), stories);
	assert.notDeepEqual(storiesOf(8, 1000, history), stories);
	const deeds = new Set(stories.flatMap(({ acts }) => acts.map(({ deed }) => deed.kind)));
	assert.equal(deeds.size, 11);
	for (const { acts, begins } of stories) {
		const days = [begins, ...acts.map(({ day }) => day)];
		assert.deepEqual(
			days,
			[...days].sort((one, other) => one - other),
		);
	}
	const lost = stories.filter(({ end }) => end.isRevoked).length;
	assert.ok(lost > 100 && lost < 600, lost + " are never found");
});
