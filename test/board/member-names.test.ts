/** Which members have standard names on a device, and which keep the sources' own. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDeviceModules } from "../../hosts/board/compact/firmware.js";
import { deviceFolder } from "../../hosts/board/compact/kept.js";
import {
	memberNames,
	renamedMembers,
	standardNamesFor,
} from "../../hosts/board/compact/member-names.js";
import { boardProgram } from "../../hosts/board/compact/program.js";
import { sourceNames } from "../../hosts/board/compact/source-names.js";
import { globalNames, standardNames } from "../../hosts/board/compact/standard-names.js";
import { parse, walk } from "../../hosts/board/compact/syntax.js";
import { root } from "../../hosts/board/root.js";

interface Given {
	readonly own: string;
	readonly contract?: string;
	readonly met?: string;
	readonly walked?: readonly string[];
}

function namesFor({
	own,
	contract = "",
	met = "",
	walked = [],
}: Given): ReadonlyMap<string, string> {
	const names = sourceNames({
		own: [
			{ path: "src/a.ts", text: own },
			{ path: "src/device.ts", text: contract },
		],
		contracts: ["src/device.ts"],
		walked,
		met: [{ path: "met.d.ts", text: met }],
		language: ["ofArrays"],
	});
	return standardNamesFor(names);
}

for (const [what, given] of Object.entries<Given>({
	"is a text somewhere": { own: 'class A { b; } const c = ["b"];' },
	"is a key of an object that is walked": { own: "const c = (b) => ({ b });", walked: ["b"] },
	"is a type": { own: 'class A { b; } type C = "a" | "b";' },
	"is in what an app or a host sees": {
		own: "class A { b(): void {} }",
		contract: "interface Device { readonly a: A }",
	},
	"is in a type that a type of these names": {
		own: "class A { get c(): D { return d; } } interface D { readonly b: number } class E { b; }",
		contract: "interface Device { readonly a: A }",
	},
	"is in a type that only a body says": {
		own: "class A { c() { return new D(); } } class D { b = 1; }",
		contract: "interface Device { readonly a: A }",
	},
	"is a parameter of a constructor that can be read": {
		own: "class A { constructor(readonly b: number) {} }",
		contract: "interface Device { readonly a: A }",
	},
	"is declared by the SDK": { own: "class A { b; }", met: "interface C { b(): void }" },
	"is declared nowhere": { own: "class A { c() { return this.d.b; } }" },
	"is a key of a manifest": { own: 'import c from "mc/config"; class A { b; } f(c.b);' },
	"is declared by a class that extends one of the SDK's": { own: "class A extends TCP { b; }" },
})) {
	test(`a name stays that ${what}`, () => assert.equal(namesFor(given).get("b"), undefined));
}

for (const [what, own] of Object.entries({
	"a key of an object": "const c = { b: 1 };",
	"a shorthand key of an object": "class A { c(b) { return { b }; } }",
	"declared in an interface": "interface A { readonly b: number }",
	"declared in a type without a name": "function c({ b }: { b: number }) { return b; }",
})) {
	test(`a name has another one that is ${what}`, () => assert.ok(namesFor({ own }).has("b")));
}

test("a name of a table of numbers takes no other name from a member", () => {
	assert.equal(namesFor({ own: "const A = Object.freeze({ Bcd: 1 }); f(A.Bcd);" }).size, 0);
});

test("an ESP32's host finds its console in the manifest", () => {
	makeDeviceModules();
	const host = readFileSync(join(deviceFolder, "firmware/esp32.js"), "utf8");
	assert.match(host, /\.debugConsole : [^:]+\.console\b/);
});

test("a name of the language stays", () => {
	assert.equal(namesFor({ own: "class A { ofArrays; }" }).get("ofArrays"), undefined);
});

test("a name that several classes use has one for itself", () => {
	const names = namesFor({
		own: "class A { private b; private e; } class C { d = new A().b; private f; }",
		met: "interface G { private d: number; private b: number }",
	});
	assert.equal(names.size, 4);
	assert.equal(new Set(names.values()).size, 3);
	assert.equal(names.get("e"), names.get("d"));
});

test("what only its class uses shares a name with others, and not within a class", () => {
	const names = namesFor({
		own: `
			class A { private b; private c; d() { return () => this.b + this.c; } }
			class E { private b; private f = 1; get g() { return this.f; } }
			class H extends E { private i; }
			class J { private k; static l() { return this.k; } }`,
	});
	assert.equal(names.get("c"), names.get("f"));
	assert.notEqual(names.get("b"), names.get("c"));
	for (const name of ["i", "k"]) {
		const others = [...names].filter(([other]) => other !== name);
		assert.ok(!others.some(([, standard]) => standard === names.get(name)), name);
	}
});

test("what is private has another name whatever others declare, if its class alone uses it", () => {
	const met = "interface C { b: number }";
	assert.ok(namesFor({ own: "class A { private b; }", met }).has("b"));
	assert.ok(!namesFor({ own: "class A { private b; } const c = (a) => a.b;", met }).has("b"));
	assert.ok(!namesFor({ own: 'class A { private b; } const c = "b";' }).has("b"));
});

test("no name becomes one that a source has, or what it meets", () => {
	const all = [...standardNames];
	const [first = "", second = "", third = ""] = all;
	const own = `class A { b; } class C { d = a.${first}; } const e = "${second}";`;
	const names = namesFor({ own, met: `interface F { ${third}: number }` });
	assert.ok(names.has("b"));
	for (const one of [first, second, third]) assert.ok(![...names.values()].includes(one), one);
});

test("what a type picks by its name is no text", () => {
	const own = 'class A { b; c; } type D = Pick<A, "b" | "c"> & Omit<A, "b">;';
	assert.equal(namesFor({ own }).size, 2);
});

test("when there are no more standard names, a name stays", () => {
	const count = standardNames.length + globalNames.length;
	const members = Array.from({ length: count + 1 }, (_, index) => `a${index};`);
	const names = namesFor({ own: `class A { ${members.join(" ")} }` });
	assert.equal(names.size, count);
	assert.equal(new Set(names.values()).size, count);
});

test("a member has its name wherever it stands, and nothing else has", () => {
	const names = new Map([["a", "cosh"]]);
	assert.equal(
		renamedMembers(
			"class A { a = a; static a() { return this.a?.a; } } " +
				'const { a, b: { a: c = 1 } } = d[a]; e = { "a": a }; ({ a = 2 }) => a["a"];',
			names,
		),
		"class A { cosh = a; static cosh() { return this.cosh?.cosh; } } " +
			'const { cosh: a, b: { cosh: c = 1 } } = d[a]; e = { "a": a }; ({ cosh: a = 2 }) => a["a"];',
	);
});

test("the programs and the hosts' modules have the same names, and none that has another", () => {
	makeDeviceModules();
	const read = (name: string) => readFileSync(join(deviceFolder, "firmware", name), "utf8");
	const programs = ["program.js", "program-machine.js", "program-no-updates.js"];
	const hosts = ["esp32.js", "esp32-wifi.js", "hosts/lin/main.js", "hosts/lin/wifi.js"];
	for (const source of [boardProgram(), ...[...programs, ...hosts].map(read)]) {
		const left = membersIn(source).filter((name) => memberNames().has(name));
		assert.deepEqual(left, []);
	}
});

function membersIn(source: string): string[] {
	const names: string[] = [];
	walk(parse(source), (node) => {
		const isKey = node.type === "Property" || node.type === "MethodDefinition";
		const key = node.type === "MemberExpression" ? node.property : isKey ? node.key : undefined;
		const isPlain = "computed" in node && !node.computed && key?.type === "Identifier";
		if (isPlain) names.push(key.name);
	});
	return names;
}

test("what an app or a host can see keeps its name", () => {
	for (const name of ["restart", "isOnTrial", "settings", "claim", "helpOf", "callKnown"]) {
		assert.equal(memberNames().get(name), undefined, name);
	}
});

test("standard names are ECMAScript's, and XS's, and no object has one by itself", () => {
	const xs = join(root, "node_modules/@agoric/xsnap/moddable/xs/sources/xsCommon.c");
	const [, table = ""] =
		/gxIDStrings\[XS_ID_COUNT\] = \{([^]*?)\n\};/.exec(readFileSync(xs, "utf8")) ?? [];
	const inTable = new Set([...table.matchAll(/^\t"(.*)",$/gm)].map(([, name]) => name));
	const inLanguage = new Set(namesOfLanguage());
	assert.ok(standardNames.length > 200);
	for (const name of globalNames) assert.ok(inTable.has(name) && name in globalThis, name);
	assert.equal(new Set(standardNames).size, standardNames.length);
	for (const name of standardNames) {
		assert.ok(inTable.has(name) && inLanguage.has(name), name);
		assert.ok(!(name in {}) && !(name in (() => {})) && !(name in new Error()), name);
		assert.ok(!(name in Promise.resolve()) && !(name in [].values()), name);
		assert.doesNotThrow(() => parse(`let ${name};`), name);
		assert.ok(!(name in globalThis), name);
	}
});

/** All names of members of what the language has at its top. */
function namesOfLanguage(): string[] {
	const tops = Object.getOwnPropertyNames(globalThis).map((name) => Reflect.get(globalThis, name));
	const typed: unknown = Object.getPrototypeOf(Uint8Array);
	const objects = [typed, ...tops].flatMap((value: unknown) =>
		typeof value === "function" ? [value, value.prototype as unknown] : [value],
	);
	return objects
		.filter((value) => (typeof value === "object" && value !== null) || typeof value === "function")
		.flatMap((value) => Object.getOwnPropertyNames(value));
}
