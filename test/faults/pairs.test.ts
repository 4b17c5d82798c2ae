import assert from "node:assert/strict";
import { test } from "node:test";
import { allPairs } from "./pairs.js";
import { play } from "./play.js";

/** `npm run faults -- --pairs` plays all. */
test("every ninth pair of power cuts on the way ends well on v8", async (context) => {
	const pairs = (await allPairs()).filter((_, index) => index % 9 === 0);
	assert.ok(pairs.length > 40, "there is enough to go wrong");
	for (const pair of pairs)
		assert.equal((await play(pair, { processor: "v8" })).faults, 2, "both have happened");
	context.diagnostic(pairs.length + " pairs of cuts, 0 broken");
});
