/** Programs that want to take the board with them: each ends by name, and the next one runs. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MachineFault } from "../../hosts/board/processor.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import { encodedProgram, imageOf } from "./image.js";

/** The body of what runs at the first message; what it may come to in a small and a large heap. */
const programs: Readonly<Record<string, readonly [body: string, small: string, large: string]>> = {
	dive: ["const dive = () => dive() + 1; dive();", "stack overflow", "stack overflow"],
	"dive through map": ["const f = () => [1].map(f); f();", "stack overflow", "stack overflow"],
	"dive through sort": ["const f = () => [1, 2].sort(f); f();", "stack overflow", "stack overflow"],
	"dive through a getter": [
		"const o = { get a() { return this.a; } }; o.a;",
		"stack overflow",
		"stack overflow",
	],
	"proxies of proxies": [
		"let p = {}; for (let i = 0; i < 3000; i++) p = new Proxy(p, {}); p.x;",
		"memory full",
		"stack overflow",
	],
	"nested arrays as text": [
		"let a = []; for (let i = 0; i < 8000; i++) a = [a]; String(a);",
		"memory full",
		"stack overflow",
	],
	"nested JSON to read": [
		"JSON.parse('['.repeat(8000) + ']'.repeat(8000));",
		"stack overflow",
		"stack overflow",
	],
	"nested JSON to write": [
		"let a = []; for (let i = 0; i < 8000; i++) a = [a]; JSON.stringify(a);",
		"memory full",
		"stack overflow",
	],
	"nested groups of a regular expression": [
		"new RegExp('('.repeat(8000) + ')'.repeat(8000));",
		"stack overflow",
		"stack overflow",
	],
	"deep garbage": [
		"for (;;) { let a = []; for (let i = 0; i < 20000; i++) a = [a]; }",
		"memory full",
		"stack overflow", // The collector follows it into the depth.
	],
	"a chain of closures": [
		"let f = () => 0; for (let i = 0; i < 1e9; i++) { const g = f; f = () => g; }",
		"memory full",
		"stack overflow",
	],
	"all the memory": ["const grow = []; for (;;) grow.push({});", "memory full", "memory full"],
	"all the keys": [
		"for (let id = 0; ; id++) ({})['name' + id] = 1;",
		"not enough keys",
		"not enough keys",
	],
	"an endless loop": ["for (;;);", "watchdog", "watchdog"],
	"an endless recursion that comes back": [
		"const f = (n) => n > 0 && (f(n - 1), f(n - 1)); f(40);",
		"watchdog",
		"watchdog",
	],
	"a catastrophic regular expression": ["/(a+)+b/.test('a'.repeat(40));", "watchdog", "watchdog"],
	"an endless loop inside C": [
		"Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);",
		"watchdog",
		"watchdog",
	],
	"an exception that throws": [
		"throw { toString() { throw 1; } }",
		"unhandled exception",
		"unhandled exception",
	],
	"a text beyond the memory": ["'x'.repeat(1e8);", "memory full", "memory full"],
	"a number beyond the memory": ["1n << 1000000000n;", "memory full", "memory full"],
};

const turnSteps = 5_000_000;
/** What is inside of XS's C counts no steps: these end by the clock. */
const timed: readonly string[] = ["an endless loop inside C", "a catastrophic regular expression"];
const timedMilliseconds = 2_000;

async function endOf(name: string, body: string, heapBytes: number): Promise<string> {
	const turnMilliseconds = timed.includes(name) ? timedMilliseconds : undefined;
	const processor = new XsProcessor({ heapBytes, turnSteps, turnMilliseconds });
	try {
		const program = encodedProgram("export default () => () => {" + body + "};");
		await processor.start(imageOf(program), () => undefined);
		await processor.deliver("go", []);
		return "none";
	} catch (error) {
		if (error instanceof MachineFault) return error.fault.reason;
		throw error;
	} finally {
		processor.stop();
	}
}

for (const [name, [body, small, large]] of Object.entries(programs)) {
	test(name + " ends by name, in 48 KB and in 4 MB", async () => {
		assert.equal(await endOf(name, body, 48 * 1024), small);
		assert.equal(await endOf(name, body, 4 * 1024 * 1024), large);
		assert.equal(await endOf(name, "1 + 1;", 48 * 1024), "none");
	});
}
