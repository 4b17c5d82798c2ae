import assert from "node:assert/strict";
import { test } from "node:test";
import { allPairs, playPair } from "./pairs.js";

test("every pair of power cuts within provisioning ends well on v8", async (context) => {
	const pairs = await allPairs();
	assert.ok(pairs.length > 300, "there is enough to go wrong");
	for (const pair of pairs) await playPair(pair);
	context.diagnostic(pairs.length + " pairs of cuts, 0 broken");
});
