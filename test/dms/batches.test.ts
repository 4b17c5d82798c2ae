/** Batches: what they may be, and what of them a service keeps. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { openBench } from "./bench.js";

const product = "ACME-LAMP";
const hardware = "a4cf12345678";

test("a batch that can't be meant is refused in a sentence", async (context) => {
	const { service } = await openBench(context);
	const good = { name: "b1", product, quota: 5 };
	for (const [changed, rule, message] of [
		[{ name: "b 1" }, "name", /64 letters/],
		[{ name: ".." }, "name", /not dots alone/],
		[{ product: "NO-SUCH" }, "product-unknown", /no product NO-SUCH/],
		[{ quota: 0 }, "limit", /1 to 1000000 boards/],
		[{ quota: 1.5 }, "limit", /1 to 1000000 boards/],
		[{ label: "{uuid} {colour}" }, "name", /no \{colour\}.*\{uuid\} \{mac\}/],
		[{ label: "{uuid" }, "name", undefined],
		[{ label: "" }, "name", /1 to 200 printable/],
		[{ label: "a\nb" }, "name", /printable/],
	] as const) {
		const made = service.batches.add({ ...good, ...changed });
		if (message === undefined) await made;
		else await assert.rejects(made, { rule, message });
	}
	await assert.rejects(service.batches.add(good), { rule: "batch-exists" });
	await assert.rejects(service.batches.show("b2"), { rule: "batch-unknown" });
	for (const text of ["", "a4cf1234567", "a4:cf:12:34:56:7g"]) {
		await assert.rejects(service.batches.addBoard("b1", { hardware: text }), { rule: "name" });
	}
	const none = service.batches.finishBoard("b1", { hardware, uuid: "ab".repeat(20) });
	await assert.rejects(none, { rule: "board-unknown" });
});

test("tokens of a board that comes again unmade are revoked: it counts once", async (context) => {
	const { service, audit } = await openBench(context);
	await service.batches.add({ name: "b1", product, quota: 1 });
	for (let times = 0; times < 3; times++) {
		await service.batches.addBoard("b1", { hardware: "A4:CF:12:34:56:78" });
	}
	const states = (await service.tokens.list()).map(({ kind, state }) => kind + " " + state);
	const count = (text: string): number => states.filter((one) => one === text).length;
	assert.deepEqual([count("provisioning open"), count("provisioning revoked")], [1, 2]);
	assert.deepEqual([count("activation open"), count("activation revoked")], [1, 2]);
	assert.equal((await service.batches.show("b1")).boards, 1);
	const other = service.batches.addBoard("b1", { hardware: "a4cf12345679" });
	await assert.rejects(other, { rule: "batch-used" });
	assert.equal((await audit()).filter(({ action }) => action === "batch.board").length, 3);
	const unmade = service.batches.finishBoard("b1", { hardware, uuid: "ab".repeat(20) });
	await assert.rejects(unmade, { rule: "board-unfinished" });
});

test("a board that was given to one batch and never made may go into another", async (context) => {
	const { service } = await openBench(context);
	for (const name of ["b1", "b2"]) await service.batches.add({ name, product, quota: 1 });
	await service.batches.addBoard("b1", { hardware });
	await service.batches.addBoard("b2", { hardware });
	assert.deepEqual(
		(await service.batches.list()).map(({ boards }) => boards),
		[0, 1],
	);
});

test("a product that is removed takes its batches with it", async (context) => {
	const { service } = await openBench(context);
	await service.batches.add({ name: "b1", product, quota: 1 });
	await service.batches.addBoard("b1", { hardware });
	await service.products.remove(product);
	assert.deepEqual(await service.batches.list(), []);
});
