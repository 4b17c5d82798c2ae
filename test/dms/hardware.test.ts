import assert from "node:assert/strict";
import { test } from "node:test";
import { deviceLabel } from "../../src/protocol/signature.js";
import { openService } from "../../hosts/dms/service.js";
import { type Bench, openBench, provisionReplyOf, sendTo } from "./bench.js";
import { createClock } from "./clock.js";
import {
	createDevice,
	draftOf,
	type Draft,
	facts,
	type ProtocolDevice,
} from "./protocol-device.js";
import { createTool } from "./tool.js";

const [first, second, third] = ["02db00000001", "026f00000002", "023a00000003"];

async function openCopied(bench: Bench): Promise<{ device: ProtocolDevice; token: string }> {
	const { token } = await bench.service.tokens.addProvisioning();
	return { device: createDevice(bench.clock), token };
}

function poll(bench: Bench, device: ProtocolDevice, hardware: string): Draft {
	const body = { version: facts.version, sequence: 0, generation: 0, hardware };
	const signers = [{ label: deviceLabel, key: device.key }];
	return draftOf({ method: "POST", path: "/update", body }, signers, bench.clock);
}

test("a flash with a token that was copied to three boards is one device", async (context) => {
	const bench = await openBench(context);
	const { device, token } = await openCopied(bench);
	const provision = (hardware: string) => device.provision(token, {}, { hardware });
	const { uuid } = provisionReplyOf(await bench.send(provision(first)));
	for (const hardware of [second, third, second]) {
		const refused = await bench.refused(provision(hardware));
		assert.deepEqual([refused.status, refused.rule, refused.result], [409, "hardware-other", 2320]);
		assert.match(refused.message, new RegExp(first));
	}
	assert.equal(provisionReplyOf(await bench.send(provision(first))).uuid, uuid);
	const shown = await bench.service.devices.show(uuid);
	assert.deepEqual([shown.hardware, shown.otherHardware], [first, second]);
	const seen = (await bench.audit()).filter(({ action }) => action === "device.hardware");
	const subjects = seen.map(({ subject, rule }) => subject + " " + rule);
	assert.deepEqual(
		subjects,
		[second, third].map((name) => "hardware:" + name + " hardware-other"),
	);
});

test("a board that was swapped goes on once the operator has said so", async (context) => {
	const bench = await openBench(context);
	const { device, token } = await openCopied(bench);
	const provision = (hardware: string) => device.provision(token, {}, { hardware });
	const { uuid } = provisionReplyOf(await bench.send(provision(first)));
	await bench.refused(provision(second));
	await bench.service.devices.swap(uuid, second);
	assert.equal(provisionReplyOf(await bench.send(provision(second))).uuid, uuid);
	assert.equal((await bench.refused(provision(first))).rule, "hardware-other");
	const swap = (await bench.audit()).find(({ action }) => action === "device.swap");
	assert.deepEqual(JSON.parse(swap?.details ?? ""), { from: first, hardware: second });
});

test("a query from another board is answered, audited and shown", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	assert.equal((await bench.send(poll(bench, device, facts.hardware))).status, 200);
	assert.equal((await bench.service.devices.show(uuid)).otherHardware, null);
	for (let count = 0; count < 3; count++) {
		assert.equal((await bench.send(poll(bench, device, second))).status, 200);
	}
	const shown = await bench.service.devices.show(uuid);
	assert.deepEqual([shown.otherHardware, shown.otherHardwareAt], [second, bench.clock.seconds()]);
	const seen = (await bench.audit()).filter(({ action }) => action === "device.hardware");
	assert.equal(seen.length, 1);
});

test("the tool shows the other board, and takes the word of a swap", async (context) => {
	const tool = createTool(context);
	const clock = createClock(Date.now());
	const addresses = ["dms.example.com:8443"];
	const service = await openService({ ...(await tool.place()), addresses, now: clock.now });
	const { token } = await service.tokens.addProvisioning();
	const device = createDevice(clock);
	const send = (hardware: string) => sendTo(service, device.provision(token, {}, { hardware }));
	const { uuid } = provisionReplyOf(await send(first));
	await send(second);
	await service.close();
	const show = async () => (await tool.run("device", "show", uuid)).out;
	assert.match(await show(), new RegExp("also seen on +" + second + " at 20"));
	assert.equal((await tool.run("device", "swap", uuid, second)).code, 0);
	assert.doesNotMatch(await show(), /also seen on/);
	assert.match(await show(), new RegExp("hardware +" + second));
});
