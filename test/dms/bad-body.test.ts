/** Bodies that no device sends, each rightly signed: refused by name, and nothing is changed. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { formatLogEntry, type LogEntry } from "../../hosts/dms/log.js";
import { concatenate, fromHex } from "../../src/encoding/bytes.js";
import { encodeMap, type MessagePackValue } from "../../src/protocol/message-pack.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { type Archive, openArchive } from "./archive.js";
import { type Bench, benchOf } from "./bench.js";
import { createClock } from "./clock.js";
import { createDevice, type Draft, draftOf } from "./protocol-device.js";

type Kind = "text" | "bytes" | "whole number";
/** Texts with more rules than a length: just one of them is right. */
type Exact = "version" | "uuid";

interface Field {
	readonly kind: Kind | Exact;
	/** Characters of a text, bytes of a byte string. */
	readonly lengthMaximum?: number;
	readonly isOptional?: boolean;
	readonly good: MessagePackValue;
}

interface Endpoint {
	readonly fields: { readonly [name: string]: Field };
	/** The request with this body, signed. */
	draft(body: Uint8Array): Draft;
	/** Status and rule of a body that can't be read; otherwise 400 and `request`. */
	readonly refusal?: readonly [number, string];
	readonly mayBeEmpty?: boolean;
}

const text = (good: string, lengthMaximum = 64): Field => ({ kind: "text", lengthMaximum, good });
const version: Field = { kind: "version", good: "1.0.0.0" };
const uuid: Field = { kind: "uuid", good: "0123456789abcdef0123456789abcdef01234567" };
const number = (good: number): Field => ({ kind: "whole number", good });
const optional = (field: Field): Field => ({ ...field, isOptional: true });

const names = { hardware: text("a4cf"), platform: text("esp32"), version };

/** All endpoints that take a body, before a device that has a product. */
async function openEndpoints(bench: Bench): Promise<{ readonly [name: string]: Endpoint }> {
	const { device } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	const { tokens } = bench.service;
	const { token } = await tokens.addProvisioning({ requiresUuid: true });
	const claim = await tokens.addClaim({ user: "alice" });
	const fresh = createDevice(bench.clock);
	const lost = createDevice(bench.clock);
	const given = (await bench.send(fresh.provision((await tokens.addProvisioning()).token))).bytes;
	const certificate: Field = { kind: "bytes", lengthMaximum: 1500, good: given.subarray(0, 400) };
	const signers = [{ label: deviceLabel, key: device.key }];
	const update = (method: string) => (body: Uint8Array) =>
		draftOf({ method, path: "/update", body }, signers, bench.clock);
	const newDevice = createDevice(bench.clock);
	const key: Field = { kind: "bytes", lengthMaximum: 65, good: newDevice.key.publicKey };
	return {
		"POST /provision": {
			fields: { key, ...names, uuid: optional(uuid) },
			draft: (body) => newDevice.provision(token, { body }),
		},
		"PUT /provision": {
			fields: { certificate, ...names },
			draft: (body) => device.acknowledge({ body }),
			mayBeEmpty: true,
		},
		"PUT /provision of a stranger": {
			fields: { certificate, ...names },
			draft: (body) => lost.acknowledge({ body }),
			refusal: [401, "device-unknown"],
		},
		"POST /claim": {
			fields: { token: text(claim.token) },
			draft: (body) => device.claim("", { body }),
		},
		"POST /activate": {
			fields: { product: text("ACME-LAMP") },
			draft: (body) => device.activate("", { body }),
		},
		"POST /update": {
			fields: {
				version,
				sequence: number(0),
				generation: number(0),
				wanted: optional(text("1.0.0.0")),
			},
			draft: update("POST"),
		},
		"PUT /update": {
			fields: { bundle: text("0123"), status: number(1), percent: number(50) },
			draft: update("PUT"),
		},
	};
}

/** A value of each type of MessagePack, by what it is taken for. */
const typed: { readonly [kind in Kind | "none of these"]: readonly string[] } = {
	text: ["a178", "d90178", "da000178", "db0000000178"],
	bytes: ["c40178", "c5000178", "c60000000178"],
	"whole number": ["00", "7f", "ccff", "cdffff", "ceffffffff", "cf001fffffffffffff", "ca3f800000"],
	"none of these": [
		...["c0", "c2", "c3", "ff", "e0", "d0ff", "d1ff00", "d280000000"],
		...["ca3f000000", "cb3ff8000000000000"],
		...["cb7ff8000000000000", "cb7ff0000000000000", "90", "9101", "dc000101", "dd0000000101"],
		...["80", "81a16101", "de0001a16101", "df00000001a16101", "c400", "a0"],
	],
};

/** What is no MessagePack by the protocol's rules, wherever it stands. */
const malformed: readonly string[] = [
	...["c1", "d40100", "d6ff00000000", "c7010000", "c80001ff00", "c900000001ff00"],
	...["a1ff", "a2c080", "a3eda080", "a4f4908080", "a1c3", "81a1ff01", "8101c0", "81c0c0"],
	...["c6ffffffff", "dbffffffff", "ddffffffff", "dfffffffff", "dcffff", "deffff", "c4ff", "d9ff"],
	...["d38000000000000000", "cf0020000000000000", "cfffffffffffffffff"],
	...["919191919191", "81a161".repeat(6)].map((deep) => deep + "c0"),
];

/** As deep as can be: the map of the body is the first of six levels. */
const deepest = "91".repeat(5) + "c0";

const controls = ["a\0", "\u001b[2J", "a\nb", "\u007f", "\u0085"];

const wrongVersions = [
	"1.0.0",
	"1.0.0.0.0",
	"1.0.0.65536",
	"1.0.0.01",
	"1.0.0.-1",
	"1.0.0.1e3",
	"1.0.0. ",
];
const wrongUuids = ["0123", "g".repeat(40), "01".repeat(21)];

function encoded(value: MessagePackValue): Uint8Array {
	return encodeMap({ a: value }).subarray(3);
}

type Fields = { readonly [name: string]: Uint8Array };

/** A body of fields whose values are bytes of MessagePack, right or wrong. */
function bodyOf(fields: Fields): Uint8Array {
	const entries = Object.entries(fields);
	const pieces = entries.flatMap(([name, value]) => [encoded(name), value]);
	return concatenate(Uint8Array.of(0x80 + entries.length), ...pieces);
}

function bytesOf(hex: string): Uint8Array {
	const bytes = fromHex(hex);
	assert.ok(bytes);
	return bytes;
}

function goodFields({ fields }: Endpoint): Fields {
	const entries = Object.entries(fields);
	const needed = entries.filter(([, { isOptional }]) => !isOptional);
	return Object.fromEntries(needed.map(([name, { good }]) => [name, encoded(good)]));
}

/** Values that the field must not have. */
function wrongValues({ kind, lengthMaximum = 0 }: Field): Uint8Array[] {
	const others = Object.entries(typed).flatMap(([other, values]) => (other === kind ? [] : values));
	const hexes = [...others, ...malformed].map(bytesOf);
	if (kind === "text") {
		const tooLong = ["x".repeat(lengthMaximum + 1), "\u{1f4a1}".repeat(lengthMaximum + 1)];
		return [...hexes, ...[...tooLong, ...controls].map(encoded)];
	}
	if (kind === "version") return [...hexes, ...wrongVersions.map(encoded)];
	if (kind === "uuid") return [...hexes, ...wrongUuids.map(encoded)];
	return kind === "bytes" ? [...hexes, encoded(new Uint8Array(lengthMaximum + 1))] : hexes;
}

function wrongBodies(endpoint: Endpoint): Uint8Array[] {
	const good = goodFields(endpoint);
	const body = bodyOf(good);
	const bodies = [concatenate(body, Uint8Array.of(0xc0)), concatenate(body, body)];
	for (let length = endpoint.mayBeEmpty ? 1 : 0; length < body.length; length++) {
		bodies.push(body.subarray(0, length));
	}
	for (const hex of [...malformed, ...Object.values(typed).flat(), "91" + "80"]) {
		bodies.push(bytesOf(hex));
	}
	for (const hex of malformed) bodies.push(bodyOf({ ...good, extra: bytesOf(hex) }));
	bodies.push(bodyOf({ ...good, extra: bytesOf("91" + deepest) }));
	bodies.push(bodyOf({ ...good, ["__proto__"]: bytesOf("c0") }));
	for (const [name, field] of Object.entries(endpoint.fields)) {
		const { [name]: _, ...others } = good;
		if (!field.isOptional)
			bodies.push(bodyOf(others), bodyOf({ ...others, [name + "s"]: encoded(1) }));
		for (const value of wrongValues(field)) bodies.push(bodyOf({ ...good, [name]: value }));
	}
	return bodies;
}

interface Tried {
	readonly archive: Archive;
	readonly bench: Bench;
	readonly log: LogEntry[];
	readonly endpoints: { readonly [name: string]: Endpoint };
}

async function openTried(context: TestContext): Promise<Tried> {
	const clock = createClock();
	const log: LogEntry[] = [];
	const archive = await openArchive(clock, (entry) => log.push(entry));
	context.after(() => archive.close());
	const bench = benchOf(archive.service, createAuthority(clock.seconds()), clock, log);
	const endpoints = await openEndpoints(bench);
	log.length = 0;
	return { archive, bench, log, endpoints };
}

test("every wrong body of every endpoint is refused, and changes nothing", async (context) => {
	const { archive, bench, log, endpoints } = await openTried(context);
	const before = archive.state();
	let count = 0;
	for (const [name, endpoint] of Object.entries(endpoints)) {
		for (const body of wrongBodies(endpoint)) {
			const about = name + " " + Buffer.from(body).toString("hex");
			const { status, map } = await bench.send(endpoint.draft(body));
			assert.deepEqual([status, map?.["rule"]], endpoint.refusal ?? [400, "request"], about);
			count++;
		}
		assert.equal(archive.state(), before, name);
	}
	context.diagnostic(count + " bodies");
	const lines = log.map((entry) => formatLogEntry(entry, bench.clock.now()));
	const isPlain = (line: string) =>
		/^\S+Z (POST|PUT) \/[a-z]+ 40[01] [a-z-]+ (-|\w+) \d+ms -$/.test(line);
	assert.deepEqual(
		lines.filter((line) => !isPlain(line)),
		[],
	);
	assert.equal(lines.length, count);
});

/** Values that the field may have: as long as can be, and as MessagePack may write them. */
function rightValues({ kind, lengthMaximum = 0, good }: Field): Uint8Array[] {
	if (kind === "version" || kind === "uuid") return [encoded(good)];
	const hexes = typed[kind].map(bytesOf);
	if (kind === "whole number") return hexes;
	const longest = new Uint8Array(lengthMaximum).fill(0x78);
	if (kind === "bytes") return [...hexes, encoded(longest)];
	const texts = ["x".repeat(lengthMaximum), "\u{1f4a1}".repeat(lengthMaximum), "\u00a0", "\u202e"];
	return [...hexes, ...texts.map(encoded)];
}

function rightBodies(endpoint: Endpoint): Uint8Array[] {
	const good = goodFields(endpoint);
	const bodies = [bodyOf(good), bodyOf({ ...good, extra: bytesOf(deepest) })];
	for (const hex of Object.values(typed).flat())
		bodies.push(bodyOf({ ...good, extra: bytesOf(hex) }));
	for (const [name, field] of Object.entries(endpoint.fields)) {
		for (const value of name === "key" ? [encoded(field.good)] : rightValues(field)) {
			bodies.push(bodyOf({ ...good, [name]: value }), twice(good, name, value));
		}
	}
	return bodies;
}

/** A body with a field that comes twice: the last one counts. */
function twice(good: Fields, name: string, value: Uint8Array): Uint8Array {
	const { [name]: _, ...others } = good;
	const body = bodyOf({ [name]: bytesOf("c0"), ...others, "": value });
	return concatenate(body.subarray(0, -value.length - 1), encoded(name), value);
}

test("whatever PROTOCOL.md allows in a body is read", async (context) => {
	const { bench, endpoints } = await openTried(context);
	let count = 0;
	for (const [name, endpoint] of Object.entries(endpoints)) {
		for (const body of rightBodies(endpoint)) {
			bench.clock.advance(10); // Nobody asks as often as this without.
			const { status, map } = await bench.send(endpoint.draft(body));
			const about = name + " " + Buffer.from(body).toString("hex") + ": " + status;
			assert.ok(map?.["rule"] !== "request" && status < 429, about);
			count++;
		}
	}
	context.diagnostic(count + " bodies");
});
