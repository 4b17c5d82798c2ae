import assert from "node:assert/strict";
import { test } from "node:test";
import { findAnswer, keepAnswer } from "../../hosts/dms/storage/answers.js";
import { openDatabase } from "../../hosts/dms/storage/database.js";

test("an answer is kept for at least 600 seconds, and not for ever", async (context) => {
	const database = await openDatabase(":memory:");
	context.after(() => database.destroy());
	const answer = { keyId: "a", requestDigest: "b", status: 204, body: null };
	await keepAnswer(database, { ...answer, nonce: "first", storedAt: 1_000 });
	await keepAnswer(database, { ...answer, nonce: "second", storedAt: 1_600 });
	assert.ok(await findAnswer(database, "a", "first"));
	await keepAnswer(database, { ...answer, nonce: "third", storedAt: 1_700 });
	assert.equal(await findAnswer(database, "a", "first"), undefined);
	assert.ok(await findAnswer(database, "a", "second"));
});

test("a transaction that fails leaves nothing behind", async (context) => {
	const database = await openDatabase(":memory:");
	context.after(() => database.destroy());
	const answer = { keyId: "a", requestDigest: "b", status: 204, body: null, storedAt: 1_000 };
	const failing = database.transaction().execute(async (transaction) => {
		await keepAnswer(transaction, { ...answer, nonce: "first" });
		await keepAnswer(transaction, { ...answer, nonce: "first" });
	});
	await assert.rejects(failing, /UNIQUE/);
	assert.equal(await findAnswer(database, "a", "first"), undefined);
});
