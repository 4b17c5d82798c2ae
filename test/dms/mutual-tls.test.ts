/** Devices' certificates at other servers: Node's and openssl's agree with us about each. */

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { certificatePem, privateKeyPem } from "../../hosts/dms/authority/credential.js";
import { without } from "../program.js";
import { type Bench, openBench } from "./bench.js";
import { createClock, secondsPerDay } from "./clock.js";
import { createKeyPair } from "./protocol-device.js";

interface Shown {
	readonly name: string;
	readonly key: string;
	readonly cert: string;
	readonly isGood: boolean;
}

interface Setting {
	readonly ca: string;
	readonly crl: string;
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
		ca: certificatePem(authority.credential.certificate),
		crl: (await service.revocations.show()).pem,
		server: { key: privateKeyPem(server.privateKey), cert: certificatePem(server.certificate) },
		shown,
	};
}

async function certifiedBy(bench: Bench) {
	const { device, uuid } = await bench.claimed("alice");
	const { pem } = await bench.service.devices.certificate(uuid);
	return { uuid, key: privateKeyPem(device.key.privateKey), cert: pem };
}

/** Whether the server takes who shows this. */
async function isTaken(port: number, ca: string, { key, cert }: Shown): Promise<boolean> {
	return new Promise((resolve) => {
		const options = {
			host: "127.0.0.1",
			servername: "localhost",
			port,
			ca,
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

test("an HTTPS server of Node takes devices by CA and list", async (context) => {
	const { ca, crl, server, shown } = await settingOf(context);
	const options = { ...server, ca, crl, requestCert: true, rejectUnauthorized: true };
	const listener = createServer(options, (_, response) => response.end("ok"));
	listener.listen(0, "127.0.0.1");
	await once(listener, "listening");
	context.after(() => listener.close());
	const { port } = listener.address() as AddressInfo;
	for (const one of shown) assert.equal(await isTaken(port, ca, one), one.isGood, one.name);
});

const skip = without("openssl");

function filesOf(context: TestContext, setting: Setting): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	writeFileSync(join(folder, "ca.pem"), setting.ca);
	writeFileSync(join(folder, "crl.pem"), setting.crl);
	writeFileSync(join(folder, "server.key"), setting.server.key);
	writeFileSync(join(folder, "server.crt"), setting.server.cert);
	setting.shown.forEach(({ cert }, index) => writeFileSync(join(folder, index + ".crt"), cert));
	return folder;
}

test("openssl verify agrees with us, strictly", { skip }, async (context) => {
	const setting = await settingOf(context);
	const cwd = filesOf(context, setting);
	const words = "verify -crl_check -x509_strict -purpose sslclient -CAfile ca.pem -CRLfile crl.pem";
	setting.shown.forEach(({ name, isGood }, index) => {
		const check = () =>
			execFileSync("openssl", [...words.split(" "), index + ".crt"], { cwd, stdio: "pipe" });
		if (isGood) assert.match(String(check()), /: OK/, name);
		else assert.throws(check, name);
	});
});

test("openssl s_server agrees with us", { skip }, async (context) => {
	const setting = await settingOf(context);
	const cwd = filesOf(context, setting);
	const words =
		"s_server -accept 127.0.0.1:0 -key server.key -cert server.crt -CAfile ca.pem " +
		"-CRL crl.pem -crl_check -x509_strict -Verify 1 -verify_return_error -www";
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
