/** What a device takes of `@msgpack/msgpack` against the library itself. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import * as library from "@msgpack/msgpack";
import { throughList } from "../../hosts/board/compact/exports.js";
import { deviceFolder } from "../../hosts/board/compact/kept.js";
import { withKnownValues } from "../../hosts/board/compact/known-values.js";
import { boardPlaces, boardProgram } from "../../hosts/board/compact/program.js";
import { libraryName } from "../../hosts/board/compact/library.js";
import { withoutUnusedMembers } from "../../hosts/board/compact/unused-members.js";
import { seededRandom } from "../../hosts/board/random.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { isWellFormed } from "../../src/protocol/message-pack.js";
import { encodedProgram, imageOf } from "./image.js";
import { below, messagePackBytes } from "./message-pack-bytes.js";

type Functions = Pick<typeof library, "decode" | "encode">;
let device: Functions;

before(async () => {
	boardProgram();
	const program = pathToFileURL(join(deviceFolder, "board-program.js")).href;
	const source = throughList(libraryName, program, boardPlaces());
	device = await import("data:text/javascript," + encodeURIComponent(source));
});

/** So many values at random are compared; each has some dozens within it. */
const count = 500;
/** On XS, where each takes longer. */
const countOnXs = 50;

const converter = (key: unknown): string => "=" + String(key);

/** How device and apps can call it. */
const encodings: readonly library.EncoderOptions[] = [
	{},
	{ ignoreUndefined: true },
	{ initialBufferSize: 1, ignoreUndefined: true },
];
const decodings: readonly library.DecoderOptions[] = [
	{},
	{ keyDecoder: null, mapKeyConverter: converter },
];

function hexOf(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("hex");
}

test("what a device lets through is decoded as the library does, and encoded so", () => {
	const random = seededRandom("values");
	for (let index = 0; index < count; index++) {
		const bytes = Uint8Array.from(messagePackBytes(random, 4));
		for (const options of decodings) {
			const value = library.decode(bytes, options);
			assert.deepEqual(device.decode(bytes, options), value, hexOf(bytes));
		}
		const value = { value: library.decode(bytes), nothing: undefined, list: [undefined] };
		for (const options of encodings) {
			const encoded = hexOf(library.encode(value, options));
			assert.equal(hexOf(device.encode(value, options)), encoded);
		}
	}
});

test("on XS too", async () => {
	const random = seededRandom("values on XS");
	const inputs = Array.from({ length: countOnXs }, () =>
		Uint8Array.from(messagePackBytes(random, 3)),
	);
	const main = `${throughList(libraryName, "./program.js", boardPlaces())}
		export default (call) => (name, bytes) => call("encoded", encode(decode(bytes)));`;
	const program = { name: "program.js", source: boardProgram() };
	const outputs: string[] = [];
	const processor = new XsProcessor({ heapBytes: 256 * 1024 });
	await processor.start(imageOf(encodedProgram(main, [program])), (_, [bytes]) => {
		assert.ok(bytes instanceof Uint8Array);
		outputs.push(hexOf(bytes));
		return undefined;
	});
	for (const bytes of inputs) await processor.deliver("transcode", [bytes]);
	processor.stop();
	const expected = inputs.map((bytes) => hexOf(library.encode(library.decode(bytes))));
	assert.deepEqual(outputs, expected);
});

/** What a call comes to. */
function outcomeOf(call: () => unknown): unknown {
	try {
		return { value: call() };
	} catch {
		return "refused";
	}
}

/** Values of extension types: a device says that their types are unknown. */
const codec = new library.ExtensionCodec();
for (let type = -128; type < 128; type++) {
	const refuse = (): never => {
		throw new Error("an extension type");
	};
	codec.register({ type, encode: () => null, decode: refuse });
}

test("bytes that are changed anywhere are refused or decoded as the library does", () => {
	const random = seededRandom("changes");
	let refused = 0;
	for (let index = 0; index < count; index++) {
		const bytes = Uint8Array.from(messagePackBytes(random, 3));
		const changed = below(random, 3) === 0 ? bytes.subarray(0, -1) : Uint8Array.from(bytes);
		const place = below(random, Math.max(changed.length, 1));
		if (changed.length > 0) changed[place] = below(random, 256);
		const expected = outcomeOf(() => library.decode(changed, { extensionCodec: codec }));
		const outcome = outcomeOf(() => device.decode(changed));
		assert.equal(outcome === "refused", expected === "refused", hexOf(changed));
		// Text that is not UTF-8 is another one for each.
		if (isWellFormed(changed)) assert.deepEqual(outcome, expected, hexOf(changed));
		if (expected === "refused") refused++;
	}
	assert.ok(refused > count / 10);
});

test("a length beyond the bytes takes no memory, and is refused", () => {
	for (const head of [0xdd, 0xdf, 0xdb, 0xc6]) {
		const bytes = Uint8Array.of(head, 0xff, 0xff, 0xff, 0xff, 0x01);
		assert.throws(() => device.decode(bytes), /Insufficient data|Offset/i);
	}
});

test("bytes can be in any buffer or view", () => {
	const bytes = Uint8Array.of(0xff, 0x93, 0x01, 0xa1, 0x61, 0xc4, 0x00, 0xff);
	const { buffer } = bytes;
	for (const view of [bytes.subarray(1, 7), new DataView(buffer, 1, 6), buffer.slice(1, 7)]) {
		assert.deepEqual(device.decode(view), [1, "a", new Uint8Array(0)]);
	}
	for (const view of [new DataView(buffer, 1, 6), new Uint16Array(buffer, 2, 3)]) {
		assert.deepEqual(device.encode([view]), library.encode([view]));
	}
});

test("what can't be encoded is refused by both", () => {
	let deep: unknown = [];
	for (let depth = 0; depth < 100; depth++) deep = [deep];
	for (const value of [deep, [Symbol("a")], { a: () => 0 }, 1n]) {
		assert.throws(() => library.encode(value));
		assert.throws(() => device.encode(value));
	}
});

test("options that a device doesn't take have no effect", () => {
	const value = { b: 1.5, a: [2, "x"] };
	const options = { sortKeys: true, forceFloat32: true, forceIntegerToFloat: true, maxDepth: 1 };
	assert.deepEqual(device.encode(value, options), library.encode(value));
	const limits = { maxStrLength: 0, maxArrayLength: 0, maxMapLength: 0, rawStrings: true };
	assert.deepEqual(device.decode(library.encode(value), limits), value);
});

test("an expression that is known is its value wherever it stands, and isn't set", () => {
	const source = `
class Decoder {
	limit; isOld = false; view = none;
	constructor(options) { this.limit = options.limit; this.size = size; }
	read(size) { if (size > this.limit) throw tooLong; return this.next(size + 1); }
	again(size) { try { this.isOld = true; return size + 1; } finally { this.isOld = false; } }
}`;
	const known = {
		everywhere: {
			"size > this.limit": "false",
			"this.isOld": "true",
			"this.limit": "0",
			size: "8",
		},
		read: { "size + 1": "2" },
		view: { none: "undefined" },
	};
	assert.equal(
		withKnownValues(source, known),
		`
class Decoder {
	; ; view;
	constructor(options) { ; this.size = (8); }
	read(size) { if ((false)) throw tooLong; return this.next((2)); }
	again(size) { { ; return (8) + 1; } }
}`,
	);
	assert.throws(
		() => withKnownValues(source, { everywhere: { "this.depth": "1" }, again: { none: "0" } }),
		/^Error: this\.depth \(everywhere\), none \(again\)$/,
	);
});

test("members that nobody reads or calls are left out, also where they are set", () => {
	const source = `
class Decoder {
	used; unused; constructor() { this.used = f(); this.unused = 1; this.alsoUsed = this.used; }
	decode() { return this.one(this.alsoUsed); } one() {}
	stream() { this.two(); this.stream(); } two() {}
}
new Decoder().decode();
`;
	const once = withoutUnusedMembers(source) ?? "";
	assert.match(once, /\ttwo|two\(\) \{\}/);
	const twice = withoutUnusedMembers(once) ?? "";
	assert.equal(
		twice.replaceAll(/\s+/g, " ").trim(),
		"class Decoder { used; constructor() { this.used = f(); this.alsoUsed = this.used; } " +
			"decode() { return this.one(this.alsoUsed); } one() {} } new Decoder().decode();",
	);
	assert.equal(withoutUnusedMembers(twice), undefined);
});
