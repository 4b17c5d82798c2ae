/** What firmware a device has: the service goes by the last signed request that says it. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBench, provisionReplyOf } from "./bench.js";
import { spyOnDatabase } from "./database-spy.js";
import { createKeyPair, facts } from "./protocol-device.js";

test("each request that is answered says what the device runs", async (context) => {
	const bench = await openBench(context);
	const device = await bench.claimed("alice");
	const { token } = await bench.service.tokens.addClaim({ user: "alice" });
	const next = createKeyPair();
	const { fingerprint: authority } = bench.authority;
	const again = await bench.send(device.device.provision(device.token));
	const { certificate } = provisionReplyOf(again);
	const drafts = [
		(version: string) => device.device.claim(token, { body: { token, version } }),
		(version: string) =>
			device.device.activate("ACME-LAMP", { body: { product: "ACME-LAMP", version } }),
		(version: string) =>
			device.device.renew(next, authority, {
				body: { key: next.publicKey, authority, version },
			}),
		(version: string) =>
			device.device.present(certificate, { body: { certificate, ...facts, version } }),
		(version: string) => device.device.provision(device.token, {}, { version }),
		// By a request that is refused.
		() => device.device.claim("0", { body: { token: "0", version: "0.1.0.0" } }),
	];
	for (const [index, draft] of drafts.entries()) {
		const version = `2.0.${index}.0`;
		const { status } = await bench.send(draft(version));
		const isLast = index === drafts.length - 1;
		assert.equal(status >= 400, isLast, String(index));
		const shown = await bench.service.devices.show(device.uuid);
		assert.equal(shown.version, isLast ? "2.0.4.0" : version, String(index));
	}
});

test("nothing is written where nothing new is said, or nothing at all", async (context) => {
	const spy = spyOnDatabase(context);
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	const body = { product: "ACME-LAMP", version: "1.1.0.0" };
	assert.equal((await bench.send(device.activate("ACME-LAMP", { body }))).status, 200);
	spy.reset();
	for (const parts of [{}, { body }]) {
		assert.equal((await bench.send(device.activate("ACME-LAMP", parts))).status, 200);
	}
	const writes = [...spy.rows.keys()].filter((sql) => /^update "devices"/.test(sql));
	assert.deepEqual(writes, []);
	assert.equal((await bench.service.devices.show(uuid)).version, "1.1.0.0");
});

test("what is no version is refused, and so is what says one for a stranger", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	for (const version of ["1.1", "01.0.0.0", "", 7, "1.0.0.65536"]) {
		const body = { product: "ACME-LAMP", version };
		const { rule, status } = await bench.refused(device.activate("ACME-LAMP", { body }));
		assert.deepEqual([status, rule], [400, "request"], String(version));
	}
	const said = { body: { product: "ACME-LAMP", version: "9.9.9.9" } };
	const forged = device.activate("ACME-LAMP", said);
	forged.headers["signature"] = device.activate("ACME-LAMP").headers["signature"] ?? "";
	assert.equal((await bench.refused(forged)).rule, "signature");
	await bench.service.devices.lock(uuid);
	assert.equal((await bench.refused(device.activate("ACME-LAMP", said))).rule, "device-locked");
	assert.equal((await bench.service.devices.show(uuid)).version, facts.version);
});
