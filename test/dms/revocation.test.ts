/** What is revoked: refused here for good, and told to others by a list. */

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
	CertificateList,
	CRLNumber,
	CRLReason,
	CRLReasons,
	id_ce_cRLReasons,
} from "@peculiar/asn1-x509";
import { readDeviceCertificate } from "../../hosts/dms/authority/device-certificate.js";
import { parseCertificate } from "../../src/dms/certificate.js";
import { type Bench, openBench, provisionReplyOf } from "./bench.js";
import { secondsPerDay } from "./clock.js";
import { createDevice, createKeyPair } from "./protocol-device.js";

interface List {
	readonly number: number;
	/** Reasons by serial; 0 is no reason. */
	readonly revoked: { readonly [serial: string]: number };
	readonly thisUpdate: number;
	readonly nextUpdate: number;
}

/** As it is served, over plain HTTP. */
async function listOf({ service }: Bench): Promise<List> {
	const response = await service.fetch(new Request("http://dms.example.com:8443/crl.der"));
	assert.equal(response.status, 200);
	assert.equal(response.headers.get("content-type"), "application/pkix-crl");
	assert.equal(response.headers.get("cache-control"), "public, max-age=300");
	const { tbsCertList } = AsnConvert.parse(await response.arrayBuffer(), CertificateList);
	const { revokedCertificates = [], crlExtensions = [], thisUpdate, nextUpdate } = tbsCertList;
	const number = crlExtensions[1];
	assert.ok(number && nextUpdate);
	return {
		number: AsnConvert.parse(number.extnValue.buffer, CRLNumber).value,
		revoked: Object.fromEntries(
			revokedCertificates.map(({ userCertificate, crlEntryExtensions = [] }) => [
				Buffer.from(userCertificate).toString("hex"),
				...crlEntryExtensions
					.filter(({ extnID }) => extnID === id_ce_cRLReasons)
					.map(({ extnValue }) => AsnConvert.parse(extnValue.buffer, CRLReason).reason),
				0,
			]),
		),
		thisUpdate: thisUpdate.getTime().getTime() / 1000,
		nextUpdate: nextUpdate.getTime().getTime() / 1000,
	};
}

async function serialOf({ service }: Bench, uuid: string): Promise<string> {
	const [certificate] = (await service.devices.show(uuid)).certificates;
	assert.ok(certificate);
	return certificate.serial;
}

test("a revoked device is refused for good, and is on the list", async (context) => {
	const bench = await openBench(context);
	const { device, uuid, token } = await bench.claimed("alice");
	const other = await bench.claimed("bob");
	assert.deepEqual((await listOf(bench)).revoked, {});
	await bench.service.devices.revoke(uuid);
	for (const draft of [device.provision(token), device.acknowledge(), device.release()]) {
		assert.equal((await bench.refused(draft)).rule, "device-locked");
	}
	await assert.rejects(bench.service.devices.unlock(uuid), { rule: "device-revoked" });
	await assert.rejects(bench.service.devices.certificate(uuid), { rule: "certificate-unknown" });
	assert.deepEqual((await listOf(bench)).revoked, { [await serialOf(bench, uuid)]: 1 });
	assert.ok((await bench.send(other.device.acknowledge())).status < 300);
	const entry = (await bench.audit()).find(({ action }) => action === "device.revoke");
	assert.deepEqual(
		[entry?.subject, entry?.details],
		["device:" + uuid, '{"reason":"keyCompromise"}'],
	);
});

test("who revokes twice changes nothing, and a locked device can be revoked", async (context) => {
	const bench = await openBench(context);
	const { uuid } = await bench.claimed("alice");
	await bench.service.devices.lock(uuid);
	await bench.service.devices.revoke(uuid, "unspecified");
	const before = await listOf(bench);
	await bench.service.devices.revoke(uuid, "keyCompromise");
	assert.deepEqual(await listOf(bench), before);
	assert.deepEqual(before.revoked, { [await serialOf(bench, uuid)]: 0 });
});

test("a lock tells nobody else; what is deleted is on the list", async (context) => {
	const bench = await openBench(context);
	const locked = await bench.claimed("alice");
	const deleted = await bench.claimed("alice");
	const serial = await serialOf(bench, deleted.uuid);
	await bench.service.devices.lock(locked.uuid);
	await bench.service.devices.delete(deleted.uuid);
	assert.deepEqual((await listOf(bench)).revoked, { [serial]: 5 });
});

test("a stolen device that asks on and on is in the audit log once an hour", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	await bench.service.devices.revoke(uuid);
	const seen = async () =>
		(await bench.audit()).filter(({ rule }) => rule === "device-locked").length;
	for (let count = 0; count < 100; count++) {
		assert.equal((await bench.refused(device.acknowledge())).rule, "device-locked");
		bench.clock.advance(30);
	}
	assert.equal(await seen(), 1);
	bench.clock.advance(3_600);
	await bench.refused(device.acknowledge());
	assert.equal(await seen(), 2);
});

test("whoever asks gets a list that is good for days, whose number grows", async (context) => {
	const bench = await openBench(context);
	let last = await listOf(bench);
	for (let day = 0; day < 40; day++) {
		bench.clock.advance(secondsPerDay / 2);
		const list = await listOf(bench);
		const time = bench.clock.seconds();
		assert.ok(list.thisUpdate <= time && list.nextUpdate >= time + 5 * secondsPerDay);
		assert.ok(list.number === last.number || list.number === last.number + 1);
		last = list;
	}
	assert.equal(last.number, 21);
	bench.clock.advance(-10 * secondsPerDay);
	assert.ok((await listOf(bench)).thisUpdate <= bench.clock.seconds());
	assert.equal((await listOf(bench)).number, 22);
});

test("a certificate that has ended is on one list more, and then on none", async (context) => {
	const bench = await openBench(context);
	const { uuid } = await bench.claimed("alice");
	const serial = await serialOf(bench, uuid);
	await bench.service.devices.revoke(uuid);
	bench.clock.advance(398 * secondsPerDay);
	assert.deepEqual((await listOf(bench)).revoked, { [serial]: 1 });
	bench.clock.advance(8 * secondsPerDay);
	assert.deepEqual((await listOf(bench)).revoked, {});
});

async function newCertificate(bench: Bench): Promise<Uint8Array> {
	const device = createDevice(bench.clock);
	const { token } = await bench.service.tokens.addProvisioning();
	return provisionReplyOf(await bench.send(device.provision(token))).certificate;
}

test("certificates say where the list is once the service has been told", async (context) => {
	const bench = await openBench(context);
	const url = "http://dms.example.com:8443/crl.der";
	const pointsIn = (der: Uint8Array) =>
		new X509Certificate(der).raw.includes(Buffer.from(url, "latin1"));
	assert.equal(pointsIn(await newCertificate(bench)), false);
	await bench.service.revocations.setUrl(url);
	const certificate = await newCertificate(bench);
	assert.equal(pointsIn(certificate), true);
	// Devices take it, and the service takes on again who shows it.
	assert.equal(parseCertificate(certificate)?.isAuthority, false);
	const time = bench.clock.seconds();
	assert.ok(readDeviceCertificate(certificate, bench.authority, time));
	await bench.service.revocations.setUrl(undefined);
	assert.equal(pointsIn(await newCertificate(bench)), false);
	for (const wrong of ["https://dms.example.com/crl.der", "dms.example.com", "http://u:p@h/"]) {
		await assert.rejects(bench.service.revocations.setUrl(wrong), { rule: "address" });
	}
});

test("a renewed key's former certificate is on the next list", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	const former = await serialOf(bench, uuid);
	const next = createKeyPair();
	const renewed = createDevice(bench.clock, next);
	await bench.send(device.renew(next, bench.authority.fingerprint));
	bench.clock.advance(secondsPerDay);
	assert.deepEqual(
		(await listOf(bench)).revoked,
		{},
		"both are good until the next one has worked",
	);
	assert.equal((await bench.send(renewed.acknowledge())).status, 204);
	bench.clock.advance(secondsPerDay);
	assert.deepEqual((await listOf(bench)).revoked, { [former]: CRLReasons.superseded });
});
