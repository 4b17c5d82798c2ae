/** The audit log in words. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { actionsDone, actionsRefused } from "../../hosts/dms/page/audit-actions.js";
import { reasonOf } from "../../hosts/dms/page/reasons.js";
import { sentenceOf } from "../../hosts/dms/page/sentences.js";
import { openBench } from "../dms/bench.js";

test("what happens to a device is told in words", async (context) => {
	const { service, audit, claimed, refused, send } = await openBench(context);
	const { uuid, device } = await claimed("alice");
	await send(device.activate("ACME-LAMP"));
	await refused(device.activate("NO-SUCH"));
	await service.devices.pin(uuid, "1.2.3.4");
	await service.devices.pin(uuid, undefined);
	await service.devices.lock(uuid);
	await refused(device.activate("ACME-LAMP"));
	await service.devices.unlock(uuid);
	await service.devices.release(uuid);
	const here = "device:" + uuid;
	const entries = (await audit()).filter(({ actor, subject }) => [actor, subject].includes(here));
	const key = (await service.devices.show(uuid)).keyId.slice(0, 12);
	const said = entries.map((entry) => sentenceOf(entry, here));
	const id = /token ([0-9a-f]{12})/.exec(said[0] ?? "")?.[1];
	assert.deepEqual(said, [
		`A board with key ${key} became this device with token ${id}: ` +
			"hardware a4cf12345678, platform esp32, version 1.0.0.0.",
		said[1],
		"This device said that its flash has its identity.",
		said[3],
		"This device went on product ACME-LAMP.",
		"This device wanted to go on an unknown product, and was refused: there is no such product.",
		"Somebody on the service's machine pinned this device to version 1.2.3.4.",
		"Somebody on the service's machine took the pin from this device.",
		"Somebody on the service's machine locked this device.",
		"This device asked for something, and was refused: the device is locked out.",
		"Somebody on the service's machine unlocked this device.",
		"Somebody on the service's machine took this device from its owner alice.",
	]);
	assert.match(said[1] ?? "", /^This device got a certificate, until 20\d\d-.*Z\.$/);
	assert.match(said[3] ?? "", /^This device became alice's by token [0-9a-f]{12}\.$/);
});

test("every action of the service has its words, and of a refusal the reason", () => {
	const folder = new URL("../../../hosts/dms/", import.meta.url);
	const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
	const sources = names.filter((name) => name.endsWith(".ts") && !name.startsWith("page/"));
	const actions = new Set<string>();
	for (const name of sources) {
		const text = readFileSync(new URL(name, folder), "utf8");
		if (!/audit/i.test(text)) continue;
		const kinds = "device|token|user|session|product|bundle|batch|api-token|service|authority";
		const pattern = new RegExp(`"((?:${kinds}|certificate|revocations)\\.[a-z.-]+)"`, "g");
		for (const [, action = ""] of text.matchAll(pattern)) actions.add(action);
	}
	for (const file of ["service.json", "service.json.sig"]) actions.delete(file);
	assert.ok(actions.size > 40);
	for (const action of actions)
		assert.ok(
			actionsDone[action] ?? actionsRefused[action],
			action + ": give it words in page/audit-actions.ts",
		);
	assert.equal(reasonOf("token-expired"), "the token has expired");
	assert.equal(reasonOf("constructor"), "rule constructor");
});

test("an action without words, and details that are none, are shown as they are", () => {
	const entry = { actor: "api:ci", action: "lamp.rub", subject: "lamp:1", rule: "" };
	assert.equal(
		sentenceOf({ ...entry, details: '{"wishes":3,"lastAt":60}' }),
		"API token ci did lamp.rub on lamp:1, wishes 3, lastAt 1970-01-01T00:01:00Z.",
	);
	assert.equal(sentenceOf({ ...entry, details: "odd" }), "API token ci did lamp.rub on lamp:1.");
	assert.doesNotMatch(
		sentenceOf({ ...entry, subject: "lamp:\u202e\u0007", details: "{}" }),
		/\u202e|\u0007/,
	);
});
