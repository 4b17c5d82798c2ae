import assert from "node:assert/strict";
import { test } from "node:test";
import { openBench } from "./bench.js";
import { createDevice } from "./protocol-device.js";

test("PUT /provision makes an issued device provisioned, any number of times", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.provisioned();
	assert.equal((await bench.service.devices.show(uuid)).state, "provisioned");
	bench.clock.advance(60);
	const reply = await bench.send(device.acknowledge());
	assert.equal(reply.status, 204);
	assert.equal(reply.bytes.length, 0);
	const entries = (await bench.audit()).filter(({ action }) => action === "device.acknowledge");
	assert.equal(entries.length, 1);
	assert.equal((await bench.service.devices.show(uuid)).lastSeenAt, bench.clock.seconds());
});

test("a device that the service doesn't know is refused: device-unknown", async (context) => {
	const bench = await openBench(context);
	const device = createDevice(bench.clock);
	const drafts = [
		device.acknowledge(),
		device.claim("0000-0000-0000-0000-0000"),
		device.release(),
		device.activate("ACME-LAMP"),
	];
	for (const draft of drafts) {
		const refused = await bench.refused(draft);
		assert.equal(refused.rule, "device-unknown");
		assert.equal(refused.status, 401);
		assert.equal(refused.result, 2309);
	}
});
