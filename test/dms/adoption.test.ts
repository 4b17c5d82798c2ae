import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { id_kp_clientAuth, id_kp_serverAuth, KeyUsageFlags } from "@peculiar/asn1-x509";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { type CertificateContent, signCertificate } from "../../hosts/dms/authority/certificate.js";
import { publicPointOf } from "../../hosts/dms/authority/credential.js";
import { openService } from "../../hosts/dms/service.js";
import { type Bench, benchOf, openBench } from "./bench.js";
import { createClock } from "./clock.js";
import { createDevice, createKeyPair, type ProtocolDevice } from "./protocol-device.js";

const uuid = "0123456789abcdef0123456789abcdef01234567";

/** A service that has never seen this device, and a certificate that its CA once gave it. */
async function openLost(
	context: TestContext,
): Promise<{ bench: Bench; device: ProtocolDevice; certificate: Uint8Array }> {
	const bench = await openBench(context);
	const { authority, clock } = bench;
	const device = createDevice(clock);
	const time = clock.seconds();
	const { certificate } = authority.issueDeviceCertificate(uuid, device.key.publicKey, time);
	return { bench, device, certificate };
}

async function assertStranger(bench: Bench): Promise<void> {
	assert.deepEqual(await bench.service.devices.list(), []);
}

test("a lost device that shows its certificate is taken on again, audited", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	assert.equal((await bench.refused(device.acknowledge())).rule, "device-unknown");
	assert.equal((await bench.send(device.present(certificate))).status, 204);
	const [adopted, ...others] = await bench.service.devices.list();
	assert.deepEqual(others, []);
	assert.equal(adopted?.uuid, uuid);
	assert.equal(adopted.keyId, device.key.keyId);
	assert.equal(adopted.state, "provisioned");
	assert.equal(adopted.owner, null);
	assert.equal(adopted.product, null);
	const { certificates } = await bench.service.devices.show(uuid);
	assert.equal(certificates.length, 1);
	const entries = (await bench.audit()).filter(({ action }) => action === "device.adopt");
	assert.deepEqual(
		entries.map(({ actor, subject, rule }) => ({ actor, subject, rule })),
		[{ actor: "key:" + device.key.keyId, subject: "device:" + uuid, rule: "" }],
	);
});

test("an expired certificate is as good a proof", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	bench.clock.advance(10 * 365 * 86_400);
	assert.equal((await bench.send(device.present(certificate))).status, 204);
	assert.equal((await bench.service.devices.show(uuid)).keyId, device.key.keyId);
});

test("it is a device like any other then", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	for (let count = 0; count < 2; count++) {
		assert.equal((await bench.send(device.present(certificate))).status, 204);
	}
	assert.equal((await bench.send(device.acknowledge())).status, 204);
	const { token } = await bench.service.tokens.addClaim({ user: "alice" });
	assert.equal((await bench.send(device.claim(token))).status, 200);
	assert.equal((await bench.send(device.activate("ACME-LAMP"))).status, 200);
	const entries = (await bench.audit()).filter(({ action }) => action === "device.adopt");
	assert.equal(entries.length, 1);
});

test("the same request again, as after a lost reply, gets the stored answer", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	const draft = device.present(certificate);
	assert.equal((await bench.send(draft)).status, 204);
	assert.equal((await bench.send(draft)).status, 204);
	assert.equal((await bench.service.devices.list()).length, 1);
});

test("a thief with the certificate but without its key is refused", async (context) => {
	const { bench, certificate } = await openLost(context);
	const thief = createDevice(bench.clock);
	assert.equal((await bench.refused(thief.present(certificate))).rule, "device-unknown");
	await assertStranger(bench);
});

test("a signature that doesn't hold is refused", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	const draft = device.present(certificate);
	const other = device.present(certificate);
	draft.headers.signature = other.headers.signature ?? "";
	assert.equal((await bench.refused(draft)).rule, "signature");
	await assertStranger(bench);
});

test("a UUID that another key has stays with that key", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	assert.equal((await bench.send(device.present(certificate))).status, 204);
	const twin = createDevice(bench.clock);
	const time = bench.clock.seconds();
	const second = bench.authority.issueDeviceCertificate(uuid, twin.key.publicKey, time);
	const refused = await bench.refused(twin.present(second.certificate));
	assert.equal(refused.rule, "uuid-taken");
	assert.equal(refused.status, 409);
	assert.equal((await bench.service.devices.show(uuid)).keyId, device.key.keyId);
	assert.ok((await bench.audit()).some((entry) => entry.rule === "uuid-taken"));
});

/** Certificates that aren't what this CA gives to devices. */
const impostors: readonly {
	readonly name: string;
	readonly signer?: (time: number) => Authority;
	readonly changes?: (time: number) => Partial<CertificateContent>;
}[] = [
	{ name: "of another CA of the same name", signer: (time) => createAuthority(time) },
	{ name: "of a server", changes: () => ({ purposes: [id_kp_serverAuth] }) },
	{ name: "of both", changes: () => ({ purposes: [id_kp_clientAuth, id_kp_serverAuth] }) },
	{ name: "without a purpose", changes: () => ({ purposes: [] }) },
	{
		name: "of a CA",
		changes: () => ({ isAuthority: true, usage: KeyUsageFlags.keyCertSign }),
	},
	{ name: "of the future", changes: (time) => ({ notBefore: time + 1 }) },
	{ name: "that may sign others", changes: () => ({ usage: KeyUsageFlags.keyCertSign }) },
	{ name: "with a host's names", changes: () => ({ alternativeNames: ["dms.example.com"] }) },
	{ name: "whose subject is no UUID", changes: () => ({ subject: "lamp" }) },
];

for (const { name, signer, changes } of impostors) {
	test("a certificate " + name + " is refused: device-unknown", async (context) => {
		const bench = await openBench(context);
		const time = bench.clock.seconds();
		const { privateKey } = (signer?.(time) ?? bench.authority).credential;
		const device = createDevice(bench.clock);
		const { certificate } = signCertificate(
			{
				subject: uuid,
				issuer: { name: "opendms CA", publicKey: publicPointOf(privateKey) },
				publicKey: device.key.publicKey,
				notBefore: time - 60,
				notAfter: time + 60,
				isAuthority: false,
				usage: KeyUsageFlags.digitalSignature,
				purposes: [id_kp_clientAuth],
				...changes?.(time),
			},
			privateKey,
		);
		assert.equal((await bench.refused(device.present(certificate))).rule, "device-unknown");
		await assertStranger(bench);
	});
}

test("what is no certificate is refused, PEM and trailing bytes too", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	const { authority } = bench;
	const pem = Buffer.from(
		"-----BEGIN CERTIFICATE-----\n" +
			Buffer.from(certificate).toString("base64") +
			"\n-----END CERTIFICATE-----\n",
	);
	const longer = Uint8Array.of(...certificate, 0);
	const shorter = certificate.subarray(0, -1);
	const garbage = createKeyPair().publicKey;
	for (const bytes of [pem, longer, shorter, garbage, authority.credential.certificate]) {
		assert.equal((await bench.refused(device.present(bytes))).rule, "device-unknown");
	}
	await assertStranger(bench);
});

test("a body that isn't as the protocol says is no help", async (context) => {
	const { bench, device, certificate } = await openLost(context);
	for (const body of [{ certificate }, { certificate: "text" }, Uint8Array.of(0xc1)]) {
		assert.equal((await bench.refused(device.acknowledge({ body }))).rule, "device-unknown");
	}
	await assertStranger(bench);
});

test("taken on again, its certificate is on its own CA's list alone", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const clock = createClock();
	const open = async (name: string): Promise<Bench> => {
		const place = { data: join(folder, name), addresses: ["dms.example.com:8443"] };
		const service = await openService({ ...place, now: clock.now, log: () => undefined });
		context.after(() => service.close());
		return benchOf(service, undefined as never, clock);
	};
	const first = await open("data");
	const newest = await first.service.certificates.addNext();
	await first.service.close();
	cpSync(join(folder, "data"), join(folder, "older"), { recursive: true });
	const { service, provisioned } = await open("data");
	const made = await provisioned();
	const { pem } = await service.devices.certificate(made.uuid);
	const certificate = new X509Certificate(pem);

	const restored = await open("older");
	const shown = made.device.present(Uint8Array.from(certificate.raw));
	assert.equal((await restored.send(shown)).status, 204);
	await restored.service.devices.revoke(made.uuid);
	const isOnList = async (query: string): Promise<boolean> => {
		const request = new Request("http://dms.example.com/crl.der" + query);
		const list = Buffer.from(await (await restored.service.fetch(request)).arrayBuffer());
		return list.includes(Buffer.from(certificate.serialNumber, "hex"));
	};
	assert.deepEqual([await isOnList("?ca=" + newest), await isOnList("")], [true, false]);
});
