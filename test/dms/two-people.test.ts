/** A product whose bundles two of three people sign: on the command line, and at the service. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createPrivateKeyP256, publicPointOf } from "../../hosts/dms/authority/credential.js";
import { keySetOf, nameOfSet } from "../../hosts/dms/publisher/key-set.js";
import { addSignature, signKeyStatement } from "../../hosts/dms/publisher/statements.js";
import { toHex } from "../../src/encoding/bytes.js";
import { deviceLabel } from "../../src/protocol/signature.js";
import { decodeUpdateOffer, keyStatementContext } from "../../src/protocol/update.js";
import { openBench } from "./bench.js";
import { espImage } from "./esp-image.js";
import { draftOf } from "./protocol-device.js";
import { createPublisher, platform, product } from "./publisher.js";
import { createTool } from "./tool.js";

test("one person builds a bundle, another signs it, and less is refused", async (context) => {
	const tool = createTool(context);
	const keysOf = (name: string) => ["--keys", join(tool.folder, name)] as const;
	const refusal = async (...words: string[]) => {
		const { code, error } = await tool.run(...words);
		assert.equal(code, 1, words.join(" "));
		return error;
	};
	await tool.json("user", "add", "alice");
	const lamp = ["--title", "Lamp", "--platform", platform, "--owner", "alice"];
	await tool.json("product", "add", product, ...lamp);
	await tool.json("key", "platform", platform, ...keysOf("safe"));
	const signers: string[] = [];
	for (const name of ["anna", "bert", "cara", "dora"]) {
		const { publicKey } = await tool.json("key", "signer", product, ...keysOf(name));
		signers.push(String(publicKey));
	}
	const [anna = "", bert = "", cara = "", dora = ""] = signers;
	const about = ["key", "product", product, "--platform", platform, ...keysOf("safe")];
	assert.match(await refusal(...about, "--signers", anna), /at least two sign/);
	assert.match(await refusal(...about, "--signers", anna, anna), /there twice/);
	assert.match(await refusal(...about, "--signers", anna, "04ff"), /is no public key/);
	const made = await tool.json(...about, "--signers", anna, bert, cara);
	const statement = String(made.statement);
	await tool.json("product", "key", statement);
	const set = join(tool.folder, "safe", `product-${product}.signers`);
	const share = (): void => {
		for (const name of ["anna", "bert", "cara", "dora"]) {
			mkdirSync(join(tool.folder, name), { recursive: true });
			copyFileSync(set, join(tool.folder, name, `product-${product}.signers`));
		}
	};
	share();

	const image = join(tool.folder, "lamp.image");
	const bundle = join(tool.folder, "lamp.bundle");
	writeFileSync(image, espImage({ chip: 0, version: "1.1.0.0" }));
	const build = ["bundle", "build", image, "--product", product, "--out", bundle];
	assert.match((await tool.run(...build, ...keysOf("anna"))).out, /1 of 2 .*bundle sign/);
	assert.match(await refusal("bundle", "publish", bundle), /has 1 of the 2 signatures/);
	await tool.json("bundle", "sign", bundle, ...keysOf("anna"));
	assert.match(await refusal("bundle", "publish", bundle), /has 1 of the 2 signatures/);
	assert.match(await refusal("bundle", "sign", bundle, ...keysOf("dora")), /is none of those/);
	const other = join(tool.folder, "other.image");
	writeFileSync(other, espImage({ chip: 0, version: "1.2.0.0" }));
	const own = ["--image", other];
	assert.match(await refusal("bundle", "sign", bundle, ...own, ...keysOf("bert")), /another image/);
	const signed = await tool.json("bundle", "sign", bundle, "--image", image, ...keysOf("bert"));
	assert.equal(signed.signatures, 2);
	assert.equal((await tool.json("bundle", "publish", bundle)).version, "1.1.0.0");

	// Neither to others nor to one key without two of those who sign so far.
	for (const rest of [[], ["--signers", anna, bert, dora]]) {
		const before = readFileSync(set);
		const kept = readFileSync(statement);
		assert.match((await tool.run(...about, "--replace", ...rest)).out, /opendms key sign/);
		assert.match(await refusal("product", "key", statement), /0 of the 2 people/);
		await tool.json("key", "sign", statement, ...keysOf("anna"));
		assert.match(await refusal("product", "key", statement), /1 of the 2 people/);
		assert.match(await refusal("key", "sign", statement, ...keysOf("dora")), /is none of those/);
		if (rest.length > 0) break;
		writeFileSync(set, before);
		writeFileSync(statement, kept);
	}
	await tool.json("key", "sign", statement, ...keysOf("cara"));
	assert.equal((await tool.json("product", "key", statement)).generation, 2);
	share();
	assert.match(await refusal(...build, ...keysOf("cara")), /is none of those/);
	await tool.json(...build, "--sequence", "7", ...keysOf("dora"));
	assert.match(await refusal("bundle", "publish", bundle), /has 1 of the 2 signatures/);
	// The platform's next key states the same, and what the signers have said stays.
	await tool.json(...about, "--restate");
	await tool.json("product", "key", statement);
});

test("a device that has missed changes takes them one after the other", async (context) => {
	const { service, clock, send, claimed } = await openBench(context);
	const publisher = createPublisher(context, service);
	await publisher.addKey();
	const platformKey = createPrivateKeyP256();
	const people = [0, 1, 2, 3].map(() => createPrivateKeyP256());
	const setOf = (...members: number[]) =>
		keySetOf(
			2,
			members.map((member) => toHex(publicPointOf(people[member] ?? platformKey))),
		);
	const sets = [setOf(0, 1), setOf(1, 2), setOf(2, 3)];
	const statements: Uint8Array[] = [];
	for (const [index, set] of sets.entries()) {
		const about = { product, platform, generation: index + 2, key: nameOfSet(set) };
		let statement = signKeyStatement(about, platformKey, sets[index - 1]?.keys);
		if (index > 0) {
			await assert.rejects(service.bundles.addKey(statement), /0 of the 2 people/);
			for (const person of people.slice(index - 1, index + 1)) {
				statement = addSignature(statement, keyStatementContext, person) ?? statement;
			}
		}
		await service.bundles.addKey(statement);
		statements.push(statement);
	}
	const late = signKeyStatement(
		{ product, platform, generation: 5, key: nameOfSet(setOf(0, 3)) },
		platformKey,
		sets[0]?.keys,
	);
	await assert.rejects(service.bundles.addKey(late), /was not made to follow generation 4/);

	const { device } = await claimed("alice");
	assert.equal((await send(device.activate(product))).status, 200);
	const ask = async (generation: number) => {
		const body = { version: "1.0.0.0", sequence: 0, generation };
		const signers = [{ label: deviceLabel, key: device.key }];
		const reply = await send(draftOf({ method: "POST", path: "/update", body }, signers, clock));
		return decodeUpdateOffer(reply.bytes);
	};
	for (const [generation, next, rule] of [
		[1, 4, "untagged"],
		[2, 3, "key-before"],
		[3, 4, "untagged"],
	] as const) {
		const offer = await ask(generation);
		assert.deepEqual(offer?.key, statements[next - 2], "after " + generation);
		assert.equal(offer?.rule, rule);
		assert.equal(offer?.interval === 60, rule === "key-before", "asked again at once");
	}
	assert.equal((await ask(4))?.key, undefined);
});
