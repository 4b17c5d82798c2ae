import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { certificatePem } from "../../hosts/dms/authority/credential.js";
import { publicKeyInfo } from "../../src/protocol/key.js";
import { without } from "../program.js";
import { openBench, provisionReplyOf } from "./bench.js";
import { createClock, secondsPerDay } from "./clock.js";
import { createDevice, createKeyPair } from "./protocol-device.js";

const skip = without("openssl");

function openssl(...words: string[]): string {
	return execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

interface Files {
	readonly authority: string;
	readonly leaf: string;
}

function write(context: TestContext, authority: Uint8Array, leaf: Uint8Array): Files {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const files = { authority: join(folder, "ca.crt"), leaf: join(folder, "leaf.crt") };
	writeFileSync(files.authority, certificatePem(authority));
	writeFileSync(files.leaf, certificatePem(leaf));
	return files;
}

function verifyStrictly(files: Files, time: number, ...more: string[]): string {
	const strict = ["-x509_strict", "-attime", String(time), "-CAfile", files.authority];
	return openssl("verify", ...strict, ...more, files.leaf);
}

function textOf(file: string): string {
	return openssl("x509", "-in", file, "-noout", "-text");
}

test(
	"a device's certificate is as PROTOCOL.md says, to openssl's strict eyes",
	{ skip },
	async (context) => {
		const bench = await openBench(context);
		const device = createDevice(bench.clock);
		const { token } = await bench.service.tokens.addProvisioning();
		const reply = provisionReplyOf(await bench.send(device.provision(token)));
		const authority = bench.authority.credential.certificate;
		const files = write(context, authority, reply.certificate);
		const time = bench.clock.seconds();
		assert.match(verifyStrictly(files, time, "-purpose", "sslclient"), /: OK/);
		const text = textOf(files.leaf);
		assert.match(text, /Version: 3/);
		assert.match(text, /Issuer: CN = opendms CA/);
		assert.match(text, new RegExp("Subject: CN = " + reply.uuid + "\n"));
		assert.match(text, /ASN1 OID: prime256v1/);
		assert.match(text, /Signature Algorithm: ecdsa-with-SHA256/);
		assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
		assert.match(text, /X509v3 Key Usage: critical\s+Digital Signature\n/);
		assert.match(text, /Extended Key Usage: \s+TLS Web Client Authentication\n/);
		assert.match(text, /Subject Key Identifier/);
		assert.match(text, /Authority Key Identifier/);
	},
);

test("a device's certificate has the device's own key, for 397 days", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	const { certificate } = provisionReplyOf(await bench.send(device.provision(token)));
	const parsed = new X509Certificate(certificate);
	const key = createPublicKey({
		key: Buffer.from(publicKeyInfo(device.key.publicKey)),
		format: "der",
		type: "spki",
	});
	assert.ok(parsed.publicKey.equals(key));
	assert.equal(parsed.ca, false);
	const time = bench.clock.seconds();
	assert.equal(Date.parse(parsed.validFrom) / 1000, time - 3_600);
	assert.equal(Date.parse(parsed.validTo) / 1000, time + 397 * secondsPerDay);
	assert.ok(certificate.length <= 1_500, certificate.length + " bytes");
});

test("serials are positive, random and at least 64 bits", () => {
	const { seconds } = createClock();
	const authority = createAuthority(seconds());
	const { publicKey } = createKeyPair();
	const serials = new Set<string>();
	for (let count = 0; count < 50; count++) {
		const { serial, certificate } = authority.issueDeviceCertificate("ab", publicKey, seconds());
		assert.match(serial, /^[4-7][0-9a-f]{31}$/);
		assert.equal(new X509Certificate(certificate).serialNumber.toLowerCase(), serial);
		serials.add(serial);
	}
	assert.equal(serials.size, 50);
});

test("the CA is one for leaves only, for 20 years in UTCTime", { skip }, (context) => {
	const { seconds } = createClock();
	const { certificate } = createAuthority(seconds()).credential;
	const files = write(context, certificate, certificate);
	assert.match(verifyStrictly(files, seconds()), /: OK/);
	const text = textOf(files.authority);
	assert.match(text, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
	assert.match(text, /X509v3 Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
	assert.match(text, /Subject Key Identifier/);
	const years = Date.parse(new X509Certificate(certificate).validTo) / 1000 - seconds();
	assert.equal(years, 20 * 365 * secondsPerDay);
	const tree = openssl("asn1parse", "-in", files.authority);
	assert.equal(tree.match(/UTCTIME/g)?.length, 2);
	assert.doesNotMatch(tree, /GENERALIZEDTIME/);
});

test("two CAs share neither key nor serial", () => {
	const { seconds } = createClock();
	const [first, second] = [createAuthority(seconds()), createAuthority(seconds())];
	const [one, two] = [first, second].map((x) => new X509Certificate(x.credential.certificate));
	assert.notEqual(one?.serialNumber, two?.serialNumber);
	assert.notDeepEqual(first.fingerprint, second.fingerprint);
	assert.equal(first.credential.privateKey.equals(second.credential.privateKey), false);
});

test("a server's certificate is for its DNS names and IP addresses", { skip }, (context) => {
	const { seconds } = createClock();
	const authority = createAuthority(seconds());
	const names = ["dms.example.com", "192.0.2.7", "2001:db8::7"];
	const { certificate } = authority.issueServerCredential(names, seconds());
	const files = write(context, authority.credential.certificate, certificate);
	for (const [option, name] of [
		["host", names[0]],
		["ip", names[1]],
		["ip", names[2]],
	] as const) {
		const check = ["-purpose", "sslserver", "-verify_" + (option === "host" ? "hostname" : "ip")];
		assert.match(verifyStrictly(files, seconds(), ...check, name ?? ""), /: OK/);
	}
	const other = ["-verify_hostname", "other.example.com"];
	assert.throws(() => verifyStrictly(files, seconds(), ...other));
	const text = textOf(files.leaf);
	assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
	assert.match(text, /X509v3 Key Usage: critical\s+Digital Signature\n/);
	assert.match(text, /Extended Key Usage: \s+TLS Web Server Authentication\n/);
	const parsed = new X509Certificate(certificate);
	assert.equal(Date.parse(parsed.validTo) / 1000, seconds() + 397 * secondsPerDay);
});

test("eight names of a hundred letters still fit what a device takes", () => {
	const { seconds } = createClock();
	const names = [1, 2, 3, 4, 5, 6, 7, 8].map((digit) =>
		(digit + "a".repeat(49) + ".").repeat(2).slice(0, 100),
	);
	const { certificate } = createAuthority(seconds()).issueServerCredential(names, seconds());
	assert.ok(certificate.length <= 1_500, certificate.length + " bytes");
});

test("no certificate outlives its CA", () => {
	const clock = createClock();
	const authority = createAuthority(clock.seconds());
	clock.advance(7_200 * secondsPerDay); // Of 7,300.
	const { publicKey } = createKeyPair();
	const { certificate } = authority.issueDeviceCertificate("ab", publicKey, clock.seconds());
	const [end, last] = [certificate, authority.credential.certificate].map(
		(der) => new X509Certificate(der).validTo,
	);
	assert.equal(end, last);
});
