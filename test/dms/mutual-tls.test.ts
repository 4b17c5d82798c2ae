/** Devices' certificates at other servers: Node's and openssl's agree with us about each. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { authorityOf, createAuthority } from "../../hosts/dms/authority/authority.js";
import {
	certificatePem,
	parseCredential,
	privateKeyPem,
} from "../../hosts/dms/authority/credential.js";
import { without } from "../program.js";
import { openService } from "../../hosts/dms/service.js";
import { type Bench, benchOf, openBench } from "./bench.js";
import { createClock, secondsPerDay } from "./clock.js";
import { createDevice, createKeyPair, type KeyPair } from "./protocol-device.js";
import { createTool } from "./tool.js";

interface Shown {
	readonly name: string;
	readonly key: string;
	readonly cert: string;
	readonly isGood: boolean;
}

interface Setting {
	/** Of all CAs, each with its list. */
	readonly ca: readonly string[];
	readonly crl: readonly string[];
	readonly server: { readonly key: string; readonly cert: string };
	readonly shown: readonly Shown[];
}

/** All the kinds of certificates that somebody can show, and what we say of each. */
async function settingOf(context: TestContext): Promise<Setting> {
	const bench = await openBench(context, createClock(Date.now()));
	const { service, authority } = bench;
	await service.revocations.setUrl("http://dms.example.com:8443/crl.der");
	const shown: Shown[] = [];
	for (const [name, act] of [
		["good", async () => undefined],
		["locked", (uuid: string) => service.devices.lock(uuid)],
		["released", (uuid: string) => service.devices.release(uuid)],
		["revoked", (uuid: string) => service.devices.revoke(uuid)],
		["deleted", (uuid: string) => service.devices.delete(uuid)],
	] as const) {
		const one = await certifiedBy(bench);
		await act(one.uuid);
		shown.push({ name, ...one, isGood: name !== "revoked" && name !== "deleted" });
	}
	const time = bench.clock.seconds();
	const made = (name: string, from = authority, at = time): Shown => {
		const key = createKeyPair();
		const { certificate } = from.issueDeviceCertificate("ab".repeat(20), key.publicKey, at);
		const pem = { key: privateKeyPem(key.privateKey), cert: certificatePem(certificate) };
		return { name, ...pem, isGood: false };
	};
	shown.push(made("ended", authority, time - 400 * secondsPerDay));
	shown.push(made("of another CA", createAuthority(time)));
	const server = authority.issueServerCredential(["localhost"], time);
	return {
		ca: [certificatePem(authority.credential.certificate)],
		crl: [(await service.revocations.show()).pem],
		server: { key: privateKeyPem(server.privateKey), cert: certificatePem(server.certificate) },
		shown,
	};
}

async function certifiedBy(bench: Bench) {
	const { device, uuid } = await bench.claimed("alice");
	return { uuid, device, ...(await shownBy(bench, uuid, device.key)) };
}

async function shownBy({ service }: Bench, uuid: string, { privateKey }: KeyPair) {
	const { pem } = await service.devices.certificate(uuid);
	return { key: privateKeyPem(privateKey), cert: pem };
}

/** The same with two CAs, whose devices renew: some by the same CA, some by the next. */
async function settingOfTwo(context: TestContext): Promise<Setting> {
	const { folder: data } = createTool(context);
	// What is done later is over by now.
	const clock = createClock(Date.now() - 2 * secondsPerDay * 1000);
	const open = async () => {
		const service = await openService({ data, addresses: ["localhost"], now: clock.now });
		context.after(() => service.close());
		return benchOf(service, undefined as never, clock);
	};
	const before = await open();
	await before.service.users.add("alice");
	await before.service.revocations.setUrl("http://localhost:8443/crl.der");
	const { fingerprint } = before.service.certificates.show();
	const shown: Shown[] = [];
	const renew = async (
		bench: Bench,
		name: string,
		one: Awaited<ReturnType<typeof certifiedBy>>,
	) => {
		const next = createKeyPair();
		await bench.send(one.device.renew(next, Buffer.from(fingerprint, "hex")));
		await bench.send(createDevice(clock, next).acknowledge());
		const renewed = await shownBy(bench, one.uuid, next);
		shown.push({ name: name + ", of the key before", ...one, isGood: false });
		shown.push({ name, ...renewed, isGood: true });
		return one.uuid;
	};
	await renew(before, "renewed", await certifiedBy(before));
	const old = [await certifiedBy(before), await certifiedBy(before), await certifiedBy(before)];
	const newest = await before.service.certificates.addNext();
	const bench = await open();
	const { devices } = bench.service;
	const [first, second, third] = old;
	assert.ok(first && second && third);
	await renew(bench, "renewed by the next CA", first);
	await devices.revoke(await renew(bench, "renewed by the next CA, and revoked", second));
	shown.push({ ...lastOf(shown), isGood: false });
	shown.splice(-2, 1);
	shown.push({ name: "of the first CA still", ...third, isGood: true });
	shown.push({ name: "made by the next CA", ...(await certifiedBy(bench)), isGood: true });
	const deleted = await certifiedBy(bench);
	await devices.delete(deleted.uuid);
	shown.push({ name: "made by the next CA, and deleted", ...deleted, isGood: false });
	// What was replaced is on the next list, which is signed once a day.
	clock.advance(secondsPerDay + 60);
	shown.push(...(await endedBy(bench, join(data, "kept"))));
	const [key = "", cert = ""] = await serverOf(bench);
	return {
		ca: (await bench.service.certificates.list()).map(({ pem }) => pem),
		crl: [await listOf(bench, fingerprint), await listOf(bench, newest)],
		server: { key, cert },
		shown,
	};
}

/** What each CA has certified, and has ended. */
async function endedBy({ service, clock }: Bench, folder: string): Promise<Shown[]> {
	const names = await service.certificates.keepKeys(folder);
	return names.map((name) => {
		const key = createKeyPair();
		const [pem, secret] = [".crt", ".key"].map((end) => readFileSync(join(folder, name + end)));
		const credential = parseCredential(String(pem), String(secret));
		assert.ok(credential);
		const from = clock.seconds() - 400 * secondsPerDay;
		const issuer = authorityOf(credential);
		const { certificate } = issuer.issueDeviceCertificate("ab".repeat(20), key.publicKey, from);
		const shown = { key: privateKeyPem(key.privateKey), cert: certificatePem(certificate) };
		return { name: "ended, by " + name, ...shown, isGood: false };
	});
}

function lastOf<T>(all: readonly T[]): T {
	const last = all.at(-1);
	if (last === undefined) throw new Error("there is none");
	return last;
}

async function serverOf({ service }: Bench): Promise<string[]> {
	const { key, cert } = await service.serverFiles();
	return [key, cert];
}

/** A CA's list in PEM, as it is served. */
async function listOf({ service }: Bench, fingerprint: string): Promise<string> {
	const url = "http://localhost:8443/crl.der?ca=" + fingerprint;
	const bytes = Buffer.from(await (await service.fetch(new Request(url))).arrayBuffer());
	const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
	return ["-----BEGIN X509 CRL-----", ...lines, "-----END X509 CRL-----", ""].join("\n");
}

const settings = { "one CA": settingOf, "two CAs": settingOfTwo };

/** Whether the server takes who shows this. */
async function isTaken(
	port: number,
	ca: readonly string[],
	{ key, cert }: Shown,
): Promise<boolean> {
	return new Promise((resolve) => {
		const options = {
			host: "127.0.0.1",
			servername: "localhost",
			port,
			ca: [...ca],
			key,
			cert,
			agent: false,
		};
		const asked = request({ ...options, path: "/" }, (response) => {
			response.resume();
			response.on("end", () => resolve(response.statusCode === 200));
			response.on("error", () => resolve(false));
		});
		asked.on("error", () => resolve(false));
		asked.end();
	});
}

for (const [name, open] of Object.entries(settings)) {
	test("an HTTPS server of Node takes devices by list: " + name, async (context) => {
		const { server, shown, ...lists } = await open(context);
		const [ca, crl] = [[...lists.ca], [...lists.crl]];
		const options = { ...server, ca, crl, requestCert: true, rejectUnauthorized: true };
		const listener = createServer(options, (_, response) => response.end("ok"));
		listener.listen(0, "127.0.0.1");
		await once(listener, "listening");
		context.after(() => listener.close());
		const { port } = listener.address() as AddressInfo;
		for (const one of shown) assert.equal(await isTaken(port, ca, one), one.isGood, one.name);
	});
}

const skip = without("openssl");

function filesOf(context: TestContext, setting: Setting): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	writeFileSync(join(folder, "ca.pem"), setting.ca.join(""));
	writeFileSync(join(folder, "crl.pem"), setting.crl.join(""));
	// Of -CRL, s_server takes the first list alone.
	writeFileSync(join(folder, "both.pem"), [...setting.ca, ...setting.crl].join(""));
	writeFileSync(join(folder, "server.key"), setting.server.key);
	writeFileSync(join(folder, "server.crt"), setting.server.cert);
	setting.shown.forEach(({ cert }, index) => writeFileSync(join(folder, index + ".crt"), cert));
	return folder;
}

for (const [name, open] of Object.entries(settings)) {
	test("openssl verify agrees with us, strictly: " + name, { skip }, async (context) => {
		const setting = await open(context);
		const cwd = filesOf(context, setting);
		const words =
			"verify -crl_check -x509_strict -purpose sslclient -CAfile ca.pem -CRLfile crl.pem";
		setting.shown.forEach(({ name, isGood }, index) => {
			const check = () =>
				execFileSync("openssl", [...words.split(" "), index + ".crt"], { cwd, stdio: "pipe" });
			if (isGood) assert.match(String(check()), /: OK/, name);
			else assert.throws(check, name);
		});
	});

	test("openssl s_server agrees with us: " + name, { skip }, async (context) => {
		const setting = await open(context);
		const cwd = filesOf(context, setting);
		const words =
			"s_server -accept 127.0.0.1:0 -key server.key -cert server.crt -CAfile both.pem " +
			"-crl_check -x509_strict -Verify 1 -verify_return_error -www";
		const child = spawn("openssl", words.split(" "), { cwd, stdio: ["ignore", "pipe", "ignore"] });
		context.after(() => child.kill());
		const lines = createInterface(child.stdout);
		let port = 0;
		for await (const line of lines) {
			port = Number(/^ACCEPT 127\.0\.0\.1:(\d+)$/.exec(line)?.[1] ?? 0);
			if (port > 0) break;
		}
		for (const one of setting.shown) {
			assert.equal(await isTaken(port, setting.ca, one), one.isGood, one.name);
		}
	});
}
