/** What functions share in one list. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedByList } from "../../hosts/board/compact/shared-list.js";

/** All that can stand in a program. */
const program = `
const text = "text";
const add = (a, b = text) => a + b;
const twice = async list => ({ list, text: list.map(double) });
const double = value => add(value, value);
const Base = class {
	value = add("b", 1);
	static own = add(1, 2);
	constructor(end = text) { this.end = end; }
};
const Thing = class Thing extends Base {
	constructor(end = text) { super(end); }
	get all() { return [add(this.value, this.end), () => add(1, text)].map(one => typeof one); }
	loose() { return text; }
	[text]() { return add("computed", text); }
	static make() { return new Thing(text); }
};
const table = Object.freeze({ run: value => double(value), text });
const unused = 1;
const start = async () => {
	const { loose } = new Thing();
	const object = { get() { return add("get", text); }, text };
	const function_ = function () { return add("function", text); };
	const list = await twice([1, 2]);
	const { all } = new Thing("x");
	const { own, name } = Thing;
	const words = [loose(), object.get(), object.text, function_(), new Thing().text(), table.text];
	return { words, list, all, own, name, made: Thing.make().value, three: table.run(3) };
};
export { start, Thing as Other };
`;

/** A module's export \`start\`, called. */
async function played(source: string): Promise<unknown> {
	const module = (await import("data:text/javascript," + encodeURIComponent(source))) as {
		start(): Promise<unknown>;
	};
	return module.start();
}

test("a program does what it did", async () => {
	assert.deepEqual(await played(sharedByList(program)), await played(program));
});

test("functions reach what they use by this, where they have one", () => {
	const source = `const word = "a";
const f = (a, { b: [c] } = g()) => a + word;
const g = async () => [f(word), () => g()];
const h = () => g().then(h);
const A = class {
b = word;
c() { return h(word); }
d() { return word; }
};
const B = class extends A {
constructor() { super(word); }
e() { return { word }; }
};
const d = new B().d;
export { h as run };
`;
	assert.equal(
		sharedByList(source),
		`const shared = {
3(a, { b: [c] } = this[1]()) { return a + this[0]; },
async 1() { return [this[3](this[0]), () => this[1]()]; }
};
shared[0] = "a";


shared[2] = () => shared[1]().then(shared[2]);
const A = class {
b = this[0];
c() { return this[2](this[0]); }
d() { return shared[0]; }
};
Object.setPrototypeOf(A.prototype, shared);
delete A.prototype.constructor;
const B = class extends A {
constructor() { super(shared[0]); }
e() { return { word: this[0] }; }
};
delete B.prototype.constructor;
const d = new B().d;
const h = shared[2];
export { h as run };

Object.freeze(shared);
`,
	);
	const exported = "const x = 1;\nexport const f = () => x;\n";
	assert.match(sharedByList(exported), /export const f = \(\) => shared\[0\];/);
});

const table = `const twice = value => text + value + value;
const text = "text";
const rows = Object.freeze([
{ name: "a", run: value => twice(value), get: () => ({ text }) },
{ name: "b", run: async (value, other = text) => { return [value, other].map(twice); },
set: () => twice(1) },
]);
const start = async () => {
	const { set } = rows[1];
	const [first, second] = rows;
	return [first.run(1), await second.run(2), first.get(), set(), first.set !== undefined];
};
export { start };
`;

test("a table's functions are called by rows that have the list as a prototype", async () => {
	const made = sharedByList(table);
	assert.deepEqual(await played(made), await played(table));
	const [, functions = ""] = /^const functions = \{\n([^]*?)\n\};$/m.exec(made) ?? [];
	assert.deepEqual(functions.split(",\n"), [
		"0(value) { return this[1](value); }",
		"1() { return { text: this[0] }; }",
		"async 2(value, other = this[0]) { return [value, other].map(this[1]); }",
	]);
	// It is a value somewhere, and has lost its row then.
	assert.match(made, /set: \(\) => shared\[1\]\(1\)/);
	assert.match(made, /\ndelete functions\[0\];\ndelete functions\[1\];\ndelete functions\[2\];\n/);
});

test("a program exports its list, in which a host finds what it imports", async () => {
	const source = `const one = () => 1 + own;
const own = 2;
class Thing {}
const Other = class extends Thing { three() { return one(); } };
export { one as "first", Other as "second" };
`.replaceAll('"', "");
	const places = new Map([
		["first", 0],
		["second", 1],
	]);
	const program = sharedByList(source, { exported: places });
	assert.match(program, /^0\(\) \{ return 1 \+ this\[2\]; \}$/m);
	assert.match(program, /^export \{ shared as default \};$/m);
	const specifier = "data:text/javascript," + encodeURIComponent(program);
	const host = `import { first, second as Second } from "${specifier}";
import { first as again } from "${specifier}";
const start = () => [first(), again(), new Second().three(), new Own().four()];
const Own = class { four() { return first() + four; } };
const four = 4;
export { start };
`;
	const made = sharedByList(host, { program: { specifier, places } });
	assert.match(made, /^const shared = \{\n__proto__: program\n\};/);
	assert.match(made, /four\(\) \{ return this\[0\]\(\) \+ this\[1001\]; \}/);
	assert.deepEqual(await played(made), [3, 3, 3, 7]);
	assert.throws(
		() => sharedByList("const x = 1; export { x };", { exported: places }),
		/nothing has a place for x/,
	);
});

for (const body of [
	"x => x",
	"({ x }) => x",
	"([x = 1, ...y]) => x",
	"(...x) => x",
	"() => { const x = 1; return x; }",
	"() => { if (y) { let x; return x; } }",
	"() => { if (y) { var x = 1; } return x; }",
	"() => { for (const x of y) f(x); }",
	"() => { for (let x = 0; x < 1; x++) f(x); }",
	"() => { try { f(); } catch (x) { return x; } }",
	"() => { switch (y) { case 1: const x = 1; f(x); } }",
	"() => { function x() {} return x; }",
	"() => { x: for (;;) break x; }",
	"() => class x { y() { return x; } }",
	"y => y.x",
	"() => ({ x: 1 })",
]) {
	test("nothing at the top is meant in " + body, () => {
		const source = `const x = 1;\nexport const f = ${body};\n`;
		assert.equal(
			sharedByList(source),
			`const shared = {\n\n};\n${source}\nObject.freeze(shared);\n`,
		);
	});
}

test("a method keeps its list where its name is another class's value", () => {
	const source = `const f = () => 1;
const A = class { value; a() { return this.value; } method() { return f(); } };
const B = class { method = 1; b() { return this.method; } value() { return f(); } };
const C = class extends A { value() { return f(); } };
const used = [A, B, C];
`;
	const text = sharedByList(source);
	assert.match(text, /method\(\) { return this\[0\]\(\); }/);
	assert.match(text, /= class { method = 1; .* value\(\) { return this\[0\]\(\); } };/);
	assert.match(text, /extends A { value\(\) { return shared\[0\]\(\); } };/);
});

test("a class that only others use reaches the list too", () => {
	const source = "const a = 1;\nconst B = class { c() { return a; } };\nexport { B as D };\n";
	assert.match(
		sharedByList(source),
		/this\[0\]; } };\nObject\.setPrototypeOf\(B\.prototype, shared\);\n/,
	);
});

test("a class that extends one of others reaches the list by name", () => {
	const source = "const a = 1;\nconst B = class extends Error { c() { return a; } };\nnew B();\n";
	assert.match(sharedByList(source), /c\(\) { return shared\[0\]; } };\ndelete B/);
});

test("what no function uses is not in the list", () => {
	const source = "const a = 1;\nconst b = () => a;\nconst c = b();\nconst d = { c };\n";
	assert.equal(
		sharedByList(source),
		"const shared = {\n\n};\nshared[0] = 1;\nconst b = () => shared[0];\nconst c = b();\n" +
			"const d = { c };\n\nObject.freeze(shared);\n",
	);
});

test("what is imported is in the list", () => {
	const source = 'import { a as b } from "c";\nconst f = () => b;\nconst g = () => f();\ng();\n';
	assert.match(sharedByList(source), /^const shared = {[^]*};\nshared\[0\] = b;\n/);
	assert.match(sharedByList(source), /1\(\) { return this\[0\]; }/);
});

test("a program that has a name like the list's is none for it", () => {
	assert.throws(() => sharedByList("const f = () => y.shared;"), /a name shared itself/);
});
