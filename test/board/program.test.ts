/** The device program as one module: what is left out of it, and what has other names. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { init, parse } from "es-module-lexer";
import { withoutUnusedMethods } from "../../hosts/board/compact/library.js";
import { shortPrivateNames } from "../../hosts/board/compact/private-names.js";
import { boardProgram, exportsOf, shared } from "../../hosts/board/compact/program.js";

test("a private name is short where nothing but its class can see it", () => {
	const source = `
class A {
	a; b; taken; constructor() { this.a = this.b; this.taken = 1; }
	c() { return () => this.a; }
}
class B { b; d = 1; static e = 2; get f() { return this.d + B.e; } }
class C extends B { g() { return this.h; } h; }
const { taken } = new A();
const text = "i"; class D { i; j; k() { return this.i + this.j; } }
`;
	const isPrivate = (name: string) => !["c", "constructor", "f", "g", "k"].includes(name);
	assert.equal(
		shortPrivateNames(source, isPrivate),
		`
class A {
	$0; $1; taken; constructor() { this.$0 = this.$1; this.taken = 1; }
	c() { return () => this.$0; }
}
class B { $1; $0 = 1; static e = 2; get f() { return this.$0 + B.e; } }
class C extends B { g() { return this.h; } h; }
const { taken } = new A();
const text = "i"; class D { i; $0; k() { return this.i + this.$0; } }
`,
	);
});

test("methods of the library that nobody names are left out, and what only they name", () => {
	const source = `
var Decoder = class _Decoder {
	decode() { return this.one(); } one() {}
	stream() { this.two(); this.stream(); } two() {}
};
var Other = class { unused() {} };
new Decoder().decode();
`;
	const [, kept = ""] = /class _Decoder \{([^]*?)\};/.exec(withoutUnusedMethods(source)) ?? [];
	assert.equal(kept.replaceAll(/\s+/g, " ").trim(), "decode() { return this.one(); } one() {}");
	assert.match(withoutUnusedMethods(source), /unused/);
});

test("the program exports its start, the library, and what an app can import", async () => {
	await init;
	const names = ["run", "decode", "encode", ...shared.flatMap((way) => exportsOf(way))];
	const [imports, exports] = parse(boardProgram());
	assert.deepEqual(imports, []);
	assert.deepEqual(exports.map(({ n }) => n).sort(), names.sort());
});

test("nothing at the program's top is a variable, which flash can't hold", () => {
	assert.doesNotMatch(boardProgram(), /^(export )?(let|var|function) /m);
});
