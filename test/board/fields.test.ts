/** Fields that constructors set. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsByConstructors } from "../../hosts/board/compact/fields.js";

function compact(source: string): string {
	return fieldsByConstructors(source).replaceAll(/\s+/g, " ").trim();
}

test("a constructor sets the fields that begin with a value", () => {
	assert.equal(
		compact("const A = class { a; b = f(1); constructor(c) { this.a = c; } d() {} };"),
		"const A = class { constructor(c) { this.b = f(1); this.a = c; } d() {} };",
	);
	assert.equal(
		compact("class A { a = () => this.b; static c = 1; b; }"),
		"class A { constructor() { this.a = () => this.b; } static c = 1; }",
	);
});

test("a class that extends another one sets them behind super", () => {
	assert.equal(
		compact(
			"class A extends Error { a = 1; b; constructor(c = d()) { f(); super(c); this.b = c; } }",
		),
		"class A extends Error { a = 1; b; constructor(c = d()) { f(); super(c); this.b = c; } }",
		"its parameters call something, which comes before the field now",
	);
	assert.equal(
		compact("class A extends Error { a = 1; constructor(c) { super(c); this.b = c; } }"),
		"class A extends Error { constructor(c) { super(c); this.a = 1; this.b = c; } }",
	);
	assert.equal(
		compact("class A {} class B extends A { a; constructor(c = d()) { super(c); } }"),
		"class A {} class B extends A { constructor(c = d()) { super(c); } }",
	);
});

for (const [why, source] of [
	["a method is called so", "class A { a = 1; b() {} get a() {} }"],
	["a method that it inherits is", "class A { get a() {} } class B extends A { a; }"],
	["an error has it", "class A extends Error { message; }"],
	["nobody knows what it inherits", 'import { A } from "a"; class B extends A { a; }'],
	["its class has no constructor of its own", "class A {} class B extends A { a = 1; }"],
	[
		"it isn't certain when there is a this",
		"class A extends Error { a = 1; constructor() { if (b) super(); } }",
	],
	["a parameter has a name that is in it", "class A { a = b; constructor(b) {} }"],
	["a variable has", "class A { a = b; constructor() { if (c) { const { d: [b] } = e; } } }"],
	["a parameter asks for it", "class A { a = 1; constructor(b = this.a) {} }"],
	["its name is not known", "class A { [a] = 1; }"],
	["it is private by the language", "class A { #a = 1; b = 2; }"],
] as const) {
	test(`a field stays where ${why}`, () => assert.equal(compact(source), source.trim()));
}
