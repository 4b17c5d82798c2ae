/** The engine host: what runs in it, how it ends, and how much memory it may have. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Module } from "../../hosts/board/image.js";
import { type Answer, MachineFault, type Value } from "../../hosts/board/processor.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { image as programImage } from "../journey/world.js";
import { encodedProgram, imageOf } from "./image.js";

/** Starts a program; `body` is that of the function that gets `call`. */
async function start(
	body: string,
	answer: Answer = () => undefined,
	options: { readonly heapBytes?: number; readonly modules?: readonly Module[] } = {},
): Promise<XsProcessor> {
	const { heapBytes = 32 * 1024, modules = [] } = options;
	const source = modules.map(({ name }) => "import './" + name + "';").join("\n");
	const main = source + "export default (call) => {" + body + "};";
	const processor = new XsProcessor({ heapBytes });
	await processor.start(imageOf(encodedProgram(main, modules)), answer);
	return processor;
}

/** How a program ends that runs `body` at its first message. */
async function faultOf(body: string, heapBytes?: number): Promise<string> {
	const options = heapBytes === undefined ? {} : { heapBytes };
	const processor = await start("return () => {" + body + "};", undefined, options);
	try {
		await processor.deliver("go", []);
	} catch (error) {
		if (error instanceof MachineFault) return error.fault.reason;
		throw error;
	} finally {
		processor.stop();
	}
	return "none";
}

test("values of every kind go both ways", async () => {
	const values: Value[] = [
		undefined,
		null,
		true,
		false,
		0,
		-1,
		2 ** 31 - 1,
		-(2 ** 31),
		2 ** 31,
		1.5,
		NaN,
		Infinity,
		"",
		"aé€\u{1f600}",
		new Uint8Array(0),
		Uint8Array.of(0, 255),
	];
	const heard: Value[] = [];
	const processor = await start(
		"return (...all) => all.forEach((one) => call('it', one));",
		(_, [one]) => {
			heard.push(one);
			return undefined;
		},
	);
	await processor.deliver("name", values);
	processor.stop();
	assert.deepEqual(heard, ["name", ...values]);
});

test("a call gets the board's answer, or its refusal as an error", async () => {
	const heard: Value[] = [];
	const program = `return () => {
		call("say", call("add", 1, 2));
		try { call("refuse") } catch (error) { call("say", error.message) }
	};`;
	const processor = await start(program, (operation, values) => {
		if (operation === "add") return Number(values[0]) + Number(values[1]);
		if (operation === "refuse") throw new Error("no such thing");
		heard.push(values[0]);
		return undefined;
	});
	await processor.deliver("go", []);
	processor.stop();
	assert.deepEqual(heard, [3, "no such thing"]);
});

test("promises are settled before the board goes on", async () => {
	const heard: Value[] = [];
	const program = `return async () => { await null; await null; call("say", "last") };`;
	const processor = await start(program, (_, [one]) => void heard.push(one));
	await processor.deliver("go", []);
	processor.stop();
	assert.deepEqual(heard, ["last"]);
});

test("a machine that ends says why, in XS's words", async () => {
	assert.equal(await faultOf("throw new Error('oops')"), "unhandled exception");
	assert.equal(await faultOf("const grow = []; for (;;) grow.push({});"), "memory full");
	assert.equal(await faultOf("let text = 'x'; for (;;) text += text;"), "memory full");
	assert.equal(await faultOf("const dive = () => dive() + 1; dive();"), "stack overflow");
	assert.equal(await faultOf("for (let id = 0; ; id++) ({})['name' + id] = 1;"), "not enough keys");
	const rejection = "Promise.reject(1); for (let count = 0; count < 5000; count++) ({});";
	assert.equal(await faultOf(rejection), "unhandled rejection");
	assert.equal(await faultOf("call('fine')"), "none");
});

test("an exception that can't be put into words is one all the same", async () => {
	for (const value of ["Symbol()", "{ toString() { throw 1; } }", "{ toString: null }"]) {
		assert.equal(await faultOf("throw " + value), "unhandled exception", value);
	}
	const greedy = "{ toString() { const grow = []; for (;;) grow.push({}); } }";
	assert.equal(await faultOf("throw " + greedy), "unhandled exception");
});

test("a machine that is gone takes no message, and says why it went", async () => {
	const processor = await start("return () => { throw new Error('oops') };");
	const gone = /unhandled exception: Error: oops/;
	await assert.rejects(processor.deliver("go", []), gone);
	await assert.rejects(processor.deliver("go", []), gone);
	processor.stop();
});

test("an image that doesn't compile is a fault with the reason", async () => {
	const broken = start("return", undefined, { modules: [{ name: "bad.js", source: "let = ;" }] });
	await assert.rejects(
		broken,
		(error) => error instanceof MachineFault && error.fault.reason === "image",
	);
});

test("preloaded code is right over a heap that is collected all the time", async () => {
	const table = "export const words = Object.freeze(['alpha', 'beta', 'gamma']);";
	const join = `import { words } from "./table.js";
		const pattern = Object.freeze({ left: "<", right: ">" });
		export const join = (count) => {
			let text = "";
			for (let index = 0; index < count; index++) {
				const word = words[index % words.length];
				text += pattern.left + word.toUpperCase() + pattern.right + 12345678901234567890n;
			}
			return text;
		};`;
	const modules = [
		{ name: "table.js", source: table },
		{ name: "join.js", source: join },
	];
	const heard: Value[] = [];
	const main = `import { join } from "./join.js";
		export default (call) => () => { for (let i = 0; i < 500; i++) call("say", join(40)); };`;
	const heapBytes = 16 * 1024;
	const processor = new XsProcessor({ heapBytes });
	await processor.start(imageOf(encodedProgram(main, modules)), (_, [text]) => {
		heard.push(text);
		return undefined;
	});
	await processor.deliver("go", []);
	const meters = await processor.meters();
	processor.stop();
	const words = ["ALPHA", "BETA", "GAMMA"];
	const right = Array.from(
		{ length: 40 },
		(_, index) => "<" + words[index % 3] + ">12345678901234567890",
	);
	assert.equal(heard.length, 500);
	assert.ok(heard.every((text) => text === right.join("")));
	assert.ok((meters?.collections ?? 0) > 100, "there was something to collect");
});

test("the device program fits ROM: no binding at the top of its modules changes", async () => {
	const processor = await start("return () => undefined;", undefined, {
		modules: [{ name: "bad.js", source: "let count = 0; export const next = () => ++count;" }],
	});
	assert.equal((await processor.meters())?.mutableBindings, 1, "one that does is noticed");
	processor.stop();
	const whole = new XsProcessor({ heapBytes: 64 * 1024 });
	await whole.start(imageOf(programImage), (operation) =>
		operation === "crypto.random" ? new Uint8Array(32) : undefined,
	);
	assert.equal((await whole.meters())?.mutableBindings, 0);
	whole.stop();
});

test("slots have the chip's 16 bytes", async () => {
	const processor = await start("return () => undefined;");
	assert.equal((await processor.meters())?.slotBytes, 16);
	processor.stop();
});
