/** Fuzzing in the small: each target for a moment, from the same seed each time. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openApiDocument } from "../../hosts/dms/api/openapi.js";
import { decodeMap } from "../../src/protocol/message-pack.js";
import { fuzzApi } from "./api/fuzz-api.js";
import { ProbePlayer } from "./device-target.js";
import { Finding, fuzz, type Target } from "./fuzzer.js";
import { replayLine, runTarget } from "./run-target.js";
import { slowTargetNames, targetNames } from "./targets.js";

const seed = 1;
const executions = 500;
/** XS is slower, and its process is another one. */
const executionsOnXs = 50;
const executionsOfSlow = 100;

function executionsOf(target: string): number {
	if (slowTargetNames.includes(target)) return executionsOfSlow;
	return target.endsWith("-xs") ? executionsOnXs : executions;
}

for (const target of targetNames) {
	test(`nothing is found in ${target} for a moment`, async () => {
		const report = await runTarget({ target, seed, executions: executionsOf(target) });
		assert.ok(report.outcomes > 1, "inputs differ in what becomes of them");
	});
}

/** A target that has a fault behind three letters. */
function planted(onInput: (input: Uint8Array) => void = () => undefined): Target {
	return {
		name: "planted",
		corpus: [Buffer.from("axxxx"), Buffer.from("xbxxx"), Buffer.from("xxcxx")],
		lengthMaximum: 100,
		execute(input) {
			onInput(input);
			const text = Buffer.from(input).toString("latin1");
			const found = ["a", "ab", "abc"].filter((piece) => text.includes(piece));
			if (found.length === 3) throw new Error("found");
			return found.join();
		},
	};
}

test("a fault is found from what becomes of inputs, and the input is made short", async () => {
	await assert.rejects(fuzz(planted(), { seed, executions: 1_000_000 }), (error) => {
		assert.ok(error instanceof Finding);
		return Buffer.from(error.input).toString() === "abc";
	});
});

test("the same seed gives the same inputs, and another gives others", async () => {
	const inputsFrom = async (from: number): Promise<string> => {
		const inputs: string[] = [];
		const target = planted((input) => void inputs.push(Buffer.from(input).toString("hex")));
		await fuzz(target, { seed: from, executions: 500 }).catch(() => undefined);
		return inputs.join();
	};
	assert.equal(await inputsFrom(1), await inputsFrom(1));
	assert.notEqual(await inputsFrom(1), await inputsFrom(2));
});

test("the line that replays an input holds all of it", () => {
	const line = replayLine("utf8", Uint8Array.of(0, 255));
	assert.equal(line, "npm run fuzz -- --target utf8 --input '00ff'");
});

/** Five bytes: a map, a list, bytes and a text that are said to be as long as can be. */
const boasts = ["dfffffffff", "ddffffffff", "c6ffffffff", "dbffffffff"];

test("five bytes that declare 4 GiB allocate nothing on XS", async (context) => {
	const player = new ProbePlayer("message-pack", "XS");
	context.after(() => player.close());
	const allocatedFor = async (hex: string): Promise<number> => {
		await player.execute(Buffer.from(hex, "hex"));
		await player.collect();
		return player.allocatedBytes;
	};
	await allocatedFor("c1c1c1c1c1"); // The first execution makes what later ones share.
	const least = await allocatedFor("c1c1c1c1c1");
	for (const boast of boasts) assert.equal(await allocatedFor(boast), least, boast);
});

test("five bytes that declare 4 GiB allocate nothing on V8", () => {
	for (const boast of boasts) {
		const input = Buffer.from(boast, "hex");
		const before = process.memoryUsage();
		assert.equal(decodeMap(input), undefined);
		const after = process.memoryUsage();
		for (const kind of ["heapUsed", "external", "arrayBuffers"] as const) {
			assert.ok(after[kind] - before[kind] < 100_000, boast + " " + kind);
		}
	}
});

/** What only a lucky guess of a password, or of two names at once, would be served. */
const operationsMinimum = 40;

test("the API answers what its schemas make up as its document says", async () => {
	const { answers } = await fuzzApi(1_000, seed);
	const served = [...answers.keys()].filter((answer) => answer.endsWith(" 200"));
	assert.ok(served.length >= operationsMinimum, served.join(", "));
});

test("an answer that isn't in the document is found, with the request that gets it", async () => {
	const document = structuredClone(openApiDocument());
	const { responses } = Object(document["paths"])["/session"].get;
	delete responses[200];
	await assert.rejects(fuzzApi(1_000, seed, document), /200 is not in the document/);
});
