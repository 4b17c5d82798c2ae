/** Heads that no device sends, at a real port: an answer by name, and nothing is changed. */

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { formatLogEntry, type LogEntry } from "../../hosts/dms/log.js";
import { type Listener, listen } from "../../hosts/dms/listener/listener.js";
import { decodeRefusal } from "../../src/protocol/messages.js";
import { type Archive, openArchive } from "./archive.js";
import { type Bench, benchOf } from "./bench.js";
import { createClock } from "./clock.js";
import { exchangeThroughTls } from "./connection.js";
import { createNonce, type Draft, type ProtocolDevice } from "./protocol-device.js";

interface Port {
	readonly archive: Archive;
	readonly bench: Bench;
	readonly listener: Listener;
	readonly log: LogEntry[];
	/** Of alice, on no product. */
	readonly device: ProtocolDevice;
}

async function openPort(context: TestContext): Promise<Port> {
	const clock = createClock();
	const log: LogEntry[] = [];
	const archive = await openArchive(clock, (entry) => log.push(entry));
	const limits = { requestMilliseconds: 50, headMilliseconds: 50, idleMilliseconds: 50 };
	const listener = await listen(archive.service, { host: "127.0.0.1", port: 0, limits });
	context.after(async () => {
		await listener.close();
		await archive.close();
	});
	const bench = benchOf(archive.service, createAuthority(clock.seconds()), clock, log);
	const { device } = await bench.claimed("alice");
	log.length = 0;
	return { archive, bench, listener, log, device };
}

interface Wire {
	line: string;
	fields: string[];
	body: string;
}

/** A draft's bytes, one character each, before somebody spoils them. */
function wireOf({ method, url, headers, body = new Uint8Array() }: Draft): Wire {
	const target = url.replace(/^https:\/\/[^/]*/, "");
	const fields = Object.entries(headers).map(([name, value]) => name + ": " + value);
	return {
		line: method + " " + target + " HTTP/1.1",
		fields: ["host: dms.example.com", "connection: close", ...fields],
		body: Buffer.from(body).toString("latin1"),
	};
}

function textOf({ line, fields, body }: Wire): string {
	return [line, ...fields, "", ""].join("\r\n") + body;
}

type Spoil = (wire: Wire) => void;

/** Replaces the value of a field, or leaves the field out. */
function set(name: string, change: (value: string) => string | undefined): Spoil {
	return (wire) => {
		const index = wire.fields.findIndex((field) => field.startsWith(name + ": "));
		const after = change(wire.fields[index]?.slice(name.length + 2) ?? "");
		wire.fields.splice(index, 1, ...(after === undefined ? [] : [name + ": " + after]));
	};
}

const to = (name: string, value?: string): Spoil => set(name, () => value);
const more =
	(field: string): Spoil =>
	(wire) =>
		void wire.fields.push(field);
const again =
	(name: string): Spoil =>
	(wire) =>
		void wire.fields.push(wire.fields.find((field) => field.startsWith(name + ": ")) ?? "");
const line =
	(from: RegExp | string, to: string): Spoil =>
	(wire) =>
		void (wire.line = wire.line.replace(from, to));

const body =
	(text: string): Spoil =>
	(wire) =>
		void (wire.body = text);
const all =
	(...spoils: Spoil[]): Spoil =>
	(wire) =>
		spoils.forEach((spoil) => spoil(wire));

const request = "request";
const signature = "signature";

/** What is done to a rightly signed `POST /activate`, and what it then gets. */
const heads: { readonly [about: string]: readonly [Spoil, number, string?] } = {
	nothing: [() => {}, 200],
	"no content-type": [to("content-type"), 415, request],
	"no content-length": [all(to("content-length"), body("")), 411, request],
	"no content-digest": [to("content-digest"), 401, signature],
	"no signature-input": [to("signature-input"), 401, signature],
	"no signature": [to("signature"), 401, signature],
	"no host": [to("host"), 400, request],
	"content-type empty": [to("content-type", ""), 415, request],
	"content-type of text": [to("content-type", "text/plain"), 415, request],
	"content-type with a parameter": [set("content-type", (x) => x + "; a=b"), 415, request],
	"content-length empty": [to("content-length", ""), 400, request],
	"content-length of no number": [to("content-length", "x"), 400, request],
	"content-length negative": [to("content-length", "-1"), 400, request],
	"content-length with a sign": [set("content-length", (x) => "+" + x), 400, request],
	"content-length hexadecimal": [to("content-length", "0x12"), 400, request],
	"content-length twice in one": [set("content-length", (x) => x + ", " + x), 400, request],
	"content-length twice": [again("content-length"), 400, request],
	"content-length with zeros before": [set("content-length", (x) => "000" + x), 200],
	"content-length beyond 64 bits": [to("content-length", "9".repeat(20)), 400, request],
	"content-length of 4 GiB": [to("content-length", "4294967296"), 413, request],
	"content-length too long": [to("content-length", "4097"), 413, request],
	"content-length zero": [all(to("content-length", "0"), body("")), 401, signature],
	"content-length one less": [set("content-length", (x) => String(+x - 1)), 400, request],
	"content-length one more": [set("content-length", (x) => String(+x + 1)), 400, request],
	"chunked besides": [more("transfer-encoding: chunked"), 400, request],
	chunked: [
		all(to("content-length"), more("transfer-encoding: chunked"), body("0\r\n\r\n")),
		411,
		request,
	],
	"another coding": [more("transfer-encoding: gzip"), 400, request],
	"an expectation": [more("expect: banana"), 200],
	"a content-encoding": [more("content-encoding: gzip"), 200],
	"content-digest empty": [to("content-digest", ""), 401, signature],
	"content-digest of nothing": [to("content-digest", "sha-256=::"), 401, signature],
	"content-digest of another kind": [
		set("content-digest", (x) => x.replace("256", "512")),
		401,
		signature,
	],
	"content-digest garbled": [to("content-digest", '"\\'), 401, signature],
	"content-digest twice": [again("content-digest"), 401, signature],
	"signature-input empty": [to("signature-input", ""), 401, signature],
	"signature-input garbled": [set("signature-input", (x) => x.slice(0, -1)), 401, signature],
	"signature-input of escapes": [
		to("signature-input", 'device="' + '\\"'.repeat(3000)),
		401,
		signature,
	],
	"signature-input of bytes": [to("signature-input", "device=:AA==:"), 401, signature],
	"signature-input of another label": [set("signature-input", (x) => "x" + x), 401, signature],
	"signature-input twice": [again("signature-input"), 200],
	"signature-input not ASCII": [set("signature-input", (x) => x + ';tag="\u00e9"'), 401, signature],
	"signature empty": [to("signature", ""), 401, signature],
	"signature of no bytes": [to("signature", "device=::"), 401, signature],
	"signature of 63 bytes": [to("signature", signatureOf(63, 1)), 401, signature],
	"signature of 65 bytes": [to("signature", signatureOf(65, 1)), 401, signature],
	"signature of zeros": [to("signature", signatureOf(64, 0)), 401, signature],
	"signature of ones": [to("signature", signatureOf(64, 255)), 401, signature],
	"signature garbled": [set("signature", (x) => x.slice(0, -1)), 401, signature],
	"signature twice": [again("signature"), 200],
	"host twice": [again("host"), 400, request],
	"host empty": [to("host", ""), 400, request],
	"host of two words": [to("host", "a b"), 400, request],
	"host with a user": [to("host", "a@b"), 400, request],
	"a field without a name": [more(": x"), 400, request],
	"a field without a colon": [more("x"), 400, request],
	"a space before the colon": [more("x : y"), 400, request],
	"a folded field": [more("x: y\r\n z"), 400, request],
	"a zero in a field": [more("x: a\0b"), 400, request],
	"a bare line feed": [more("x: y\nz: 1"), 400, request],
	"an over-long field": [more("x: " + "y".repeat(8_192)), 431, request],
	"1,900 more fields": [more("a:\r\n".repeat(1_900) + "b:"), 200],
	"an empty query that isn't signed": [line("/activate", "/activate?"), 401, signature],
	"a query that isn't signed": [line("/activate", "/activate?a=b"), 401, signature],
	"another signed path": [line("/activate", "/claim"), 401, signature],
	"a path with a slash": [line("/activate", "/activate/"), 404, request],
	"a path in other letters": [line("/activate", "/ACTIVATE"), 404, request],
	"an escaped path": [line("/activate", "/%61ctivate"), 404, request],
	"a path with dots": [line("/activate", "/x/../activate"), 404, request],
	"a path with a fragment": [line("/activate", "/activate#x"), 404, request],
	"a target of a star": [line("/activate", "*"), 400, request],
	"a target without a slash": [line("/activate", "activate"), 400, request],
	"a target in absolute form": [line("/activate", "https://else.example/activate"), 200],
	"a target of no URL": [line("/activate", "http://"), 400, request],
	"a target of 9,000 letters": [line("/activate", "/" + "a".repeat(9_000)), 431, request],
	"a target with a zero": [line("/activate", "/a\0"), 400, request],
	"a target not ASCII": [line("/activate", "/\u00e9"), 400, request],
	"a method of no name": [line("POST", "BANANA"), 400, request],
	"a method in small letters": [line("POST", "post"), 400, request],
	"another method": [line("POST", "PATCH"), 405, request],
	TRACE: [line("POST", "TRACE"), 405, request],
	"HTTP/1.0": [line("1.1", "1.0"), 200],
	"HTTP/2.0": [line("1.1", "2.0"), 200],
	"HTTP/9.9": [line("1.1", "9.9"), 400, request],
	"no version": [line(" HTTP/1.1", ""), 200],
	"two spaces": [line(" ", "  "), 200],
};

function signatureOf(length: number, byte: number): string {
	return "device=:" + Buffer.alloc(length, byte).toString("base64") + ":";
}

/** The status of an answer, and the rule in its body, which must be as long as it says. */
function readAnswer(answer: string): [status?: number, rule?: string | undefined] {
	const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(answer) ?? [];
	const end = answer.indexOf("\r\n\r\n");
	const body = Uint8Array.from(Buffer.from(answer.slice(end + 4), "latin1"));
	const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(answer)?.[1]);
	return body.length === length ? [Number(status), decodeRefusal(body)?.rule] : [];
}

test("every wrong head gets its answer at the port, and changes nothing", async (context) => {
	const { archive, bench, listener, log, device } = await openPort(context);
	assert.equal((await bench.send(device.activate("ACME-LAMP"))).status, 200);
	const before = withoutAnswers(archive.state());
	log.length = 0;
	const wrong: string[] = [];
	for (const [about, [spoil, status, rule]] of Object.entries(heads)) {
		const wire = wireOf(device.activate("ACME-LAMP"));
		spoil(wire);
		const answer = await exchangeThroughTls(listener, textOf(wire));
		const found = readAnswer(answer);
		if (found.join() !== [status, rule].join()) wrong.push(about + ": " + found.join(" "));
	}
	assert.deepEqual(wrong, []);
	assert.equal(withoutAnswers(archive.state()), before);
	const lines = log.map((entry) => formatLogEntry(entry, bench.clock.now()));
	const isPlain = (text: string) =>
		/^\S+Z [A-Z-]+ (\/[a-z]+|\(unknown\)) \d{3} [a-z-]+ (-|\w+) \d+ms (-|127\.0\.0\.1)$/.test(text);
	assert.deepEqual(
		lines.filter((text) => !isPlain(text)),
		[],
	);
	assert.ok(lines.length >= Object.keys(heads).length);
});

/** The right ones among the requests are kept with their answers. */
function withoutAnswers(state: string): string {
	return state
		.split("\n")
		.filter((row) => !row.startsWith("answers "))
		.join("\n");
}

const nonce = createNonce();

/** What is asked of hello, and what it answers. */
const helloTargets: { readonly [target: string]: number } = {
	["/hello?nonce=" + nonce]: 200,
	["/hello?x=y&nonce=" + nonce + "&z"]: 200,
	"/hello": 400,
	"/hello?": 400,
	"/hello?nonce": 400,
	"/hello?nonce=": 400,
	["/hello?nonce=" + nonce.slice(1)]: 400,
	["/hello?nonce=" + nonce + "A"]: 400,
	["/hello?nonce=" + nonce + "&nonce=" + nonce]: 400,
	["/hello?NONCE=" + nonce]: 400,
	["/hello?nonce=" + nonce.slice(1) + "%0A"]: 400,
	["/hello?nonce=" + nonce.slice(1) + "+"]: 400,
	["/hello?nonce=" + nonce.slice(1) + "%C3%A9"]: 400,
	["/hello?nonce=" + nonce.slice(1) + "%"]: 400,
	["/hello?nonce=" + "A".repeat(7_000)]: 400,
	["/hello?nonce=" + "A".repeat(8_200)]: 431,
};

test("hello answers a nonce as PROTOCOL.md has it, and nothing else", async (context) => {
	const { listener } = await openPort(context);
	for (const [target, status] of Object.entries(helloTargets)) {
		const head = "GET " + target + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
		const [found, rule] = readAnswer(await exchangeThroughTls(listener, head));
		assert.deepEqual([found, rule], [status, status === 200 ? undefined : request], target);
	}
});
