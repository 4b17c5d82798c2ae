import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { playSeed, play } from "./play.js";

const main = fileURLToPath(new URL("main.js", import.meta.url));
/** More cuts than a person has patience: the first write never comes to its end. */
const hopeless = [...Array(60).keys()].map(
	(index) => ({ kind: "flash", index, point: "before" }) as const,
);

test("a broken journey ends with the one line that plays it again", async () => {
	const error: unknown = await play(
		{ cuts: hopeless, faults: new Map() },
		{ processor: "v8", seed: 7 },
	).catch((error: unknown) => error);
	assert.ok(error instanceof Error);
	const line = error.message.split("\n").at(-1) ?? "";
	const [, schedule = "", options = ""] = /^npm run faults -- --play "(.+)" (.+)$/.exec(line) ?? [];
	const again = spawnSync(process.execPath, [main, "--play", schedule, ...options.split(" ")], {
		encoding: "utf8",
	});
	assert.equal(again.status, 1);
	assert.equal(again.stderr.trim(), error.message.trim());
});

test("what is played again goes the same way", async () => {
	for (const seed of [1, 2, 3, 4, 5]) {
		assert.deepEqual(await playSeed(seed, "v8"), await playSeed(seed, "v8"));
	}
});
