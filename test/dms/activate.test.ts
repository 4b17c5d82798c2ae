import assert from "node:assert/strict";
import { test } from "node:test";
import { type Bench, openBench } from "./bench.js";

async function addProduct(
	bench: Bench,
	code: string,
	changed: { platform?: string; owner?: string; production?: boolean } = {},
): Promise<void> {
	const product = {
		code,
		title: code.toLowerCase(),
		platform: "esp32",
		owner: "alice",
		...changed,
	};
	await bench.service.products.add(product);
}

async function productOf(bench: Bench, uuid: string): Promise<string | null> {
	return (await bench.service.devices.show(uuid)).product;
}

test("a claimed device goes on its owner's product, and is told so", async (context) => {
	const bench = await openBench(context);
	const { device, uuid } = await bench.claimed("alice");
	const reply = await bench.send(device.activate("ACME-LAMP"));
	assert.equal(reply.status, 200);
	assert.equal(reply.map?.["product"], "ACME-LAMP");
	assert.equal(reply.map?.["title"], "Acme Lamp");
	assert.match(String(reply.map?.["message"]), /Acme Lamp/);
	assert.equal(await productOf(bench, uuid), "ACME-LAMP");
});

test("a device on that product already gets the same answer", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const first = await bench.send(device.activate("ACME-LAMP"));
	const second = await bench.send(device.activate("ACME-LAMP"));
	assert.deepEqual(second.bytes, first.bytes);
	const entries = (await bench.audit()).filter(({ action }) => action === "device.activate");
	assert.equal(entries.length, 1);
});

test("a device that nobody owns is refused: claim-before-activate", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.provisioned();
	const refused = await bench.refused(device.activate("ACME-LAMP"));
	assert.equal(refused.rule, "claim-before-activate");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2311);
	assert.match(refused.message, /dms_claim/);
});

test("a product that isn't there is refused: product-unknown", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const refused = await bench.refused(device.activate("ACME-LAMB"));
	assert.equal(refused.rule, "product-unknown");
	assert.equal(refused.status, 404);
	assert.equal(refused.result, 2314);
	assert.match(refused.message, /ACME-LAMB/);
});

test("what is no product's code stays out of the audit log", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("alice");
	const { token } = await bench.service.tokens.addClaim({ user: "bob" });
	await bench.refused(device.activate(token));
	assert.doesNotMatch(JSON.stringify([await bench.audit(), bench.log]), new RegExp(token));
});

test("an owner without access is refused: product-access; sharing gives it", async (context) => {
	const bench = await openBench(context);
	const { device } = await bench.claimed("bob");
	const refused = await bench.refused(device.activate("ACME-LAMP"));
	assert.equal(refused.rule, "product-access");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2313);
	assert.match(refused.message, /bob/);
	await bench.service.products.share("ACME-LAMP", "bob");
	assert.equal((await bench.send(device.activate("ACME-LAMP"))).status, 200);
	await bench.service.products.unshare("ACME-LAMP", "bob");
	const other = await bench.claimed("bob");
	assert.equal((await bench.refused(other.device.activate("ACME-LAMP"))).rule, "product-access");
});

test("a product for another platform is refused: product-platform", async (context) => {
	const bench = await openBench(context);
	await addProduct(bench, "ACME-CLOCK", { platform: "esp32c3" });
	const { device } = await bench.claimed("alice");
	const refused = await bench.refused(device.activate("ACME-CLOCK"));
	assert.equal(refused.rule, "product-platform");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2318);
});

test("a device is on one product: activating it to another moves it", async (context) => {
	const bench = await openBench(context);
	await addProduct(bench, "ACME-RADIO");
	const { device, uuid } = await bench.claimed("alice");
	await bench.send(device.activate("ACME-LAMP"));
	await bench.send(device.activate("ACME-RADIO"));
	assert.equal(await productOf(bench, uuid), "ACME-RADIO");
	const entry = (await bench.audit()).at(-1);
	assert.deepEqual(JSON.parse(entry?.details ?? ""), { from: "ACME-LAMP" });
});

test("a device never leaves a production product: production-product-final", async (context) => {
	const bench = await openBench(context);
	await addProduct(bench, "ACME-BOILER", { production: true });
	const { device, uuid } = await bench.claimed("alice");
	assert.equal((await bench.send(device.activate("ACME-BOILER"))).status, 200);
	const refused = await bench.refused(device.activate("ACME-LAMP"));
	assert.equal(refused.rule, "production-product-final");
	assert.equal(refused.status, 403);
	assert.equal(refused.result, 2315);
	assert.match(refused.message, /ACME-BOILER/);
	const token = await bench.service.tokens.addActivation({ user: "alice", product: "ACME-LAMP" });
	const claimed = await bench.refused(device.claim(token.token));
	assert.equal(claimed.rule, "production-product-final");
	assert.equal(await productOf(bench, uuid), "ACME-BOILER");
	assert.equal((await bench.send(device.activate("ACME-BOILER"))).status, 200);
});

test("an activation token claims and activates as many devices as it says", async (context) => {
	const bench = await openBench(context);
	const options = { user: "alice", product: "ACME-LAMP", uses: 2 };
	const { token } = await bench.service.tokens.addActivation(options);
	const [first, second, third] = [
		await bench.provisioned(),
		await bench.provisioned(),
		await bench.provisioned(),
	];
	for (const { device, uuid } of [first, second, first]) {
		const reply = await bench.send(device.claim(token));
		assert.deepEqual(reply.map, { user: "alice", product: "ACME-LAMP" });
		const { owner, product } = await bench.service.devices.show(uuid);
		assert.deepEqual({ owner, product }, { owner: "alice", product: "ACME-LAMP" });
	}
	assert.equal((await bench.refused(third.device.claim(token))).rule, "token-spent");
	assert.equal((await bench.service.devices.show(third.uuid)).owner, null);
});

test("an activation token changes nothing when its product can't be had", async (context) => {
	const bench = await openBench(context);
	await addProduct(bench, "ACME-CLOCK", { platform: "esp32c3" });
	const { device, uuid } = await bench.provisioned();
	const platform = await bench.service.tokens.addActivation({
		user: "alice",
		product: "ACME-CLOCK",
	});
	assert.equal((await bench.refused(device.claim(platform.token))).rule, "product-platform");
	await bench.service.products.share("ACME-LAMP", "bob");
	const access = await bench.service.tokens.addActivation({ user: "bob", product: "ACME-LAMP" });
	await bench.service.products.unshare("ACME-LAMP", "bob");
	assert.equal((await bench.refused(device.claim(access.token))).rule, "product-access");
	const { owner, product } = await bench.service.devices.show(uuid);
	assert.deepEqual({ owner, product }, { owner: null, product: null });
	assert.ok(
		(await bench.service.tokens.list()).every(
			({ kind, uses }) => kind === "provisioning" || uses === 0,
		),
	);
});

test("a device that was reset may use its activation token again", async (context) => {
	const bench = await openBench(context);
	const { token, id } = await bench.service.tokens.addActivation({
		user: "alice",
		product: "ACME-LAMP",
	});
	const { device, uuid } = await bench.provisioned();
	await bench.send(device.claim(token));
	await bench.send(device.release());
	assert.equal((await bench.refused(device.activate("ACME-LAMP"))).rule, "claim-before-activate");
	assert.equal((await bench.send(device.claim(token))).status, 200);
	assert.equal((await bench.service.devices.show(uuid)).owner, "alice");
	assert.equal((await bench.service.tokens.list()).find((entry) => entry.id === id)?.uses, 1);
});
