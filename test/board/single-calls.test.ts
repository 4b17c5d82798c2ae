/** Functions whose statements stand where they are called. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { singleCallsInPlace } from "../../hosts/board/compact/single-calls.js";

/** What `run` does with each of its arguments, and in which order `note` is told. */
function played(source: string, inputs: readonly unknown[]): unknown[] {
	return inputs.map((input) => {
		const notes: unknown[] = [];
		const note = (value: unknown): unknown => {
			notes.push(value);
			return value;
		};
		try {
			const result: unknown = runInNewContext(`"use strict"; ${source}\nrun(input);`, {
				note,
				input,
			});
			return JSON.stringify([result, notes]);
		} catch (error) {
			return String(error) + JSON.stringify(notes);
		}
	});
}

const inputs = [0, 1, 2, 3, 7, [1, 2], "text", undefined];

/** Each has a function `f` that is called once, by `run`. */
for (const [what, source] of [
	["a result that is returned", "const f = (a) => a + 1; const run = (a) => { return f(a); };"],
	[
		"an arrow function's value",
		"const f = (a) => { note(a); return a + 1; }; const run = (a) => f(a);",
	],
	[
		"an arrow function's value in brackets",
		"const f = (a) => { note(a); return a; }; const run = (a) => ({ b: f(a), c: a });",
	],
	[
		"several returns",
		"const f = (a) => { if (a === 1) return 'one'; for (;;) { if (a === 2) return; a = 2; } };" +
			"const run = (a) => { const b = f(a); return [a, b]; };",
	],
	[
		"a last return in each branch",
		"const f = (a) => { if (a) { note(a); return 1; } else return 2; };" +
			"const run = (a) => { const b = 1, c = f(a), d = c; return b + c + d; };",
	],
	[
		"nothing that is returned",
		"const f = (a) => { if (a) return note(a); note(0); }; const run = (a) => { f(a); note(1); };",
	],
	[
		"a function that ends without return, before something",
		"const f = (a) => { if (a) return 5; }; " +
			"const run = (a) => { if (a !== 3) { return f(a); } return 4; };",
	],
	[
		"the same without a block around",
		"const f = (a) => { if (a) note(a); }; " +
			"const run = (a) => { if (a !== 3) return f(a); return 4; };",
	],
	[
		"a function that throws",
		"const f = (a) => { if (a) throw new Error('no'); return 1; };" +
			"const run = (a) => { try { return f(a); } catch { note(2); } finally { note(3); } };",
	],
	[
		"returns within try",
		"const f = (a) => { try { if (a) return note(1); } finally { note(2); } return 3; };" +
			"const run = (a) => { const b = f(a); note(b); return b; };",
	],
	[
		"a condition",
		"const f = (a) => { note(a); return a > 1; }; " +
			"const run = (a) => { if (!f(a)) return 1; return 2; };",
	],
	[
		"a condition without a block around",
		"const f = (a) => { note(a); return a > 1; };" +
			"const run = (a) => { if (a) if (f(a)) return 1; else return 2; return 3; };",
	],
	[
		"a loop's list and a loop's beginning",
		"const f = (a) => { note(a); return [a, 1]; }; const g = (a) => { note(a); return 0; };" +
			"const run = (a) => { for (const b of f(a)) note(b); " +
			"for (let i = g(a); i < 2; i++) note(i); };",
	],
	[
		"a switch, in a case of another",
		"const f = (a) => { note(a); return a * 2; }; const g = (a) => { const b = a; return b; };" +
			"const run = (a) => " +
			"{ switch (f(a)) { case 2: const c = g(a); return c; default: return 0; } };",
	],
	[
		"loops that go on and end",
		"const f = (a, b) => { for (const c of [1, 2, 3]) " +
			"{ if (c === a) continue; if (c === b) break; note(c); } };" +
			"const run = (a) => { for (let i = 0; i < 3; i++) { if (i === 2) continue; f(a, i); } };",
	],
	[
		"functions that keep what they were made with",
		"const f = (a, list) => { const b = a * 2; list.push(() => [a, b]); };" +
			"const run = () => { const list = []; for (let i = 0; i < 3; i++) f(i, list);" +
			" return list.map((one) => one()); };",
	],
	[
		"a variable of the caller's that changes",
		"const f = (a) => { note(a); return a + 1; };" +
			"const run = (a) => { let b = a; b = f(b); b = b + 1; return b; };",
	],
	[
		"a variable that the function changes",
		"const f = (a) => { a += 1; return a; }; " +
			"const run = (a) => { const b = f(a); return [a, b]; };",
	],
	[
		"arguments in their order, also more or fewer",
		"const f = (a, b, c, d = 4) => { note([b, a, c, d]); };" +
			"const run = (a) => { f(note(a), note(1)); }; ",
	],
	[
		"an argument that the function has no parameter for",
		"const f = (a) => { note(a); return a; }; " +
			"const run = (a) => { const b = f(a, note(2)); return b; };",
	],
	[
		"the same names in both",
		"const f = (b) => { const a = b + 1; { const b = a; note(b); } return { a, b }; };" +
			"const run = (a) => { const b = 5; const c = f(a); return { a, b, c }; };",
	],
	[
		"a function within one within another",
		"const f = (a) => { const b = g(a); return b + 1; }; " +
			"const g = (a) => { if (a) return h(a); return 1; };" +
			"const h = (a) => { note(a); return a; }; const run = (a) => { const b = f(a); return b; };",
	],
	[
		"the instance as an argument",
		"const f = (a) => { note(a.b); return () => a.b; };" +
			"const g = (a) => { note(a.b); return a.b; };" +
			"class A { constructor(b) { this.b = b; } " +
			"c() { const d = f(this); return d(); } e() { return g(this); } }" +
			"const run = (a) => [new A(a).c(), new A(a).e()];",
	],
	...["a && f(a)", "a || f(a)", "a ?? !f(a)", "a > 1 ? f(a) : 2", "note(a) ? 1 : f(a)"].flatMap(
		(condition): [string, string][] =>
			["return #;", "const b = #; return b;", "if (#) return 1; note(2);"].map((statement) => [
				"a condition, " + statement.replace("#", condition),
				"const f = (a) => { note(a); return a !== 1; }; " +
					`const run = (a) => { ${statement.replace("#", condition)} };`,
			]),
	),
	[
		"a value if something is so",
		"const f = (a) => { note(a); return a !== 1; }; const run = (a) => a && f(a);",
	],
	[
		"what a statement throws",
		"const f = (a) => { note(a); return a; }; const run = (a) => { throw f(a); };",
	],
	[
		"what is done before, but can be later",
		"const f = (a) => { note(a); return a; }; const g = (a, b) => note([a, b]);" +
			"const run = (a) => { const o = {}; o.p = f(a); return [g(1, g(a, 2)), o]; };",
	],
] as const) {
	test("in place: " + what, () => {
		const changed = singleCallsInPlace(source);
		assert.doesNotMatch(changed, /^const f = /m);
		assert.doesNotMatch(changed, /\bf\(/);
		assert.deepEqual(played(changed, inputs), played(source, inputs));
	});
}

for (const [what, source] of [
	["called twice", "const f = (a) => a; const run = (a) => { f(a); f(a); };"],
	["used as a value", "const f = (a) => a; const run = (a) => a.map(f);"],
	["exported", "const f = (a) => a; const run = (a) => { f(a); }; export { f };"],
	["called at the top", "const f = (a) => a; f(1);"],
	["recursive", "const f = (a) => { f(a); };"],
	["in a circle", "const f = (a) => { g(a); }; const g = (a) => { f(a); };"],
	["one that waits", "const f = async (a) => a; const run = async (a) => { await f(a); };"],
	["called by one that waits", "const f = (a) => a; const run = async (a) => { f(a); };"],
	["called by a generator", "const f = (a) => a; function* run(a) { f(a); }"],
	["called with a list", "const f = (a) => a; const run = (a) => { f(...a); };"],
	["one with a list of parameters", "const f = (...a) => a; const run = (a) => { f(a); };"],
	["one whose parameter may be missing", "const f = (a = 1) => a; const run = (a) => { f(a); };"],
	[
		"called if something else is so",
		"const f = (a) => a; const run = (a) => { while (f(a)) a--; };",
	],
	["called behind something", "const f = (a) => a; const run = (a) => { return a.b + f(a); };"],
	["called for a parameter", "const f = (a) => a; const run = (a, b = f(a)) => { return b; };"],
	["called for a class's field", "const f = () => 1; const run = () => class { a = f(); };"],
	[
		"called behind a variable that changes meanwhile",
		"const f = (a) => a(); const run = () => { let b = 1; return [b, f(() => { b = 2; })]; };",
	],
	[
		"one whose result would be held while something else is called",
		"const f = (a) => a + 'b'; const run = (a) => { return a === f(a) && note(a); };",
	],
	["called with an assignment", "const f = (a) => a; const run = (a) => { return [a, f(a++)]; };"],
	["called if it is there", "const f = (a) => a; const run = (a) => { f?.(a); };"],
	["called behind what may not be there", "const f = (a) => a; const run = (a) => { a?.(f(a)); };"],
	[
		"called by its loop's label",
		"const f = (a) => a; const run = (a) => { l: for (const b of f(a)) break l; };",
	],
	["one with labels", "const f = (a) => { l: for (;;) break l; }; const run = (a) => { f(a); };"],
] as const) {
	test("a function stays that is " + what, () => {
		assert.equal(singleCallsInPlace(source).replaceAll(/\$\d+/g, ""), source);
	});
}

test("methods that only their class asks for stand where they are called", () => {
	const source = `
		const A = class {
			constructor(b) { this.b = b; this.set(1); }
			set(c) { this.c = c + this.b; note(this.c); }
			get(d) { if (this.c > d) return this.c; note(d); return () => this.c; }
			run() { const e = this.get(2); return typeof e === "function" ? e() : [e]; }
		};
		const run = (a) => new A(a).run();`;
	const changed = singleCallsInPlace(source, new Set(["set", "get"]));
	assert.doesNotMatch(changed, /[sg]et\(/);
	assert.deepEqual(played(changed, inputs), played(source, inputs));
});

for (const [what, members] of [
	["not named", "other(a) { note(a); } run() { this.other(1); }"],
	["called twice", "f(a) { note(a); } run() { this.f(1); this.f(2); }"],
	["used as a value", "f(a) { note(a); } run() { return this.f; }"],
	["one of another instance's", "f(a) { note(a); } run(b) { b.f(1); }"],
	["one that waits", "async f(a) { note(a); } run() { this.f(1); }"],
	["called by one that waits", "f(a) { note(a); } async run() { this.f(1); }"],
	["one that has what it was given", "f() { note(arguments); } run() { this.f(1); }"],
	["one that reads more than its class", "f() { return super.f; } run() { return this.f(); }"],
	["static", "static f(a) { note(a); } run() { this.f(1); }"],
	["an accessor", "get f() { return note; } run() { this.f(1); }"],
] as const) {
	test("a method stays that is " + what, () => {
		const source = `const A = class { ${members} };`;
		assert.equal(singleCallsInPlace(source, new Set(["f"])).replaceAll(/\$\d+/g, ""), source);
	});
}

test("a method stays whose class extends another one", () => {
	const source = "const A = class extends B { f() {} run() { this.f(); } };";
	assert.equal(singleCallsInPlace(source, new Set(["f"])), source);
});

test("a parameter is what the call gives, or a variable", () => {
	for (const [call, expected] of [
		["f(a, 1)", "{ note([a, a, 1]); }"],
		["f(x, 'b')", "{ const p = x; note([p, p, 'b']); }"],
		["f(this.x, x)", "{ const p = this.x; note([p, p, x]); }"],
		["f(b)", "{ const p = b; let q; note([p, p, q]); }"],
	] as const) {
		const before = "let b = 1; const c = () => { b = 2; };";
		const own = "const f = (p, q) => { note([p, p, q]); };";
		const source = `${own}\nfunction run(a) { ${before} ${call} }`;
		const found = singleCallsInPlace(source).replaceAll(/\$\d+/g, "").replaceAll(/\s+/g, " ");
		assert.equal(found, ` function run(a) { ${before} ${expected} }`);
	}
});
