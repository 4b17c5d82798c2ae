/** The publisher's way on the command line, from nothing to a release. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { espImage } from "./esp-image.js";
import { isOnPostgres } from "./engine.js";
import { createTool } from "./tool.js";

test("six commands make a release, and no key gets into the data folder", async (context) => {
	const tool = createTool(context);
	const keys = ["--keys", join(tool.folder, "publisher")];
	const image = join(tool.folder, "lamp.image");
	const bundle = join(tool.folder, "lamp.bundle");
	writeFileSync(image, espImage({ chip: 0, version: "1.1.0.0" }));
	await tool.json("user", "add", "alice");
	const lamp = ["--title", "Lamp", "--platform", "esp32", "--owner", "alice"];
	await tool.json("product", "add", "ACME-LAMP", ...lamp);

	const { publicKey } = await tool.json("key", "platform", "esp32", ...keys);
	assert.match(String(publicKey), /^04[0-9a-f]{128}$/);
	const made = await tool.json("key", "product", "ACME-LAMP", "--platform", "esp32", ...keys);
	assert.equal((await tool.json("product", "key", String(made.statement))).generation, 1);
	const about = ["--product", "ACME-LAMP"];
	await tool.json("bundle", "build", image, ...about, "--out", bundle, ...keys);
	const published = await tool.json("bundle", "publish", bundle);
	assert.equal(published.version, "1.1.0.0");
	const tagged = await tool.run("bundle", "tag", "ACME-LAMP", "1.1.0.0", "release");
	assert.equal(tagged.out, "1.1.0.0 is the release of ACME-LAMP now.\n");

	assert.match((await tool.run("bundle", "list", "ACME-LAMP")).out, /1\.1\.0\.0 .* release/);
	assert.match((await tool.run("bundle", "show", "ACME-LAMP", "1.1.0.0")).out, /length +384 bytes/);
	for (const name of readdirSync(join(tool.folder, "publisher"))) {
		const { mode } = statSync(join(tool.folder, "publisher", name));
		assert.equal(mode & 0o777, name.endsWith(".key") ? 0o600 : 0o644, name);
		if (!name.endsWith(".key")) continue;
		const [, secret = ""] = readFileSync(join(tool.folder, "publisher", name), "utf8").split("\n");
		const der = Buffer.from(secret, "base64").subarray(36, 68);
		if (isOnPostgres) continue;
		for (const file of readdirSync(tool.data, { recursive: true, encoding: "utf8" })) {
			const path = join(tool.data, file);
			if (statSync(path).isFile()) assert.ok(!readFileSync(path).includes(der), file);
		}
	}
});

test("a publisher's mistakes are told in a sentence", async (context) => {
	const tool = createTool(context);
	const keys = ["--keys", join(tool.folder, "publisher")];
	const about = ["--product", "ACME-LAMP", "--platform", "esp32", "--version", "1.1.0.0"];
	const image = join(tool.folder, "lamp.image");
	writeFileSync(image, "an image");
	const mistakes: readonly [RegExp, ...string[]][] = [
		[/There is no .*platform-esp32\.key/, "key", "product", "A-B", "--platform", "esp32", ...keys],
		[/There is no .*product-ACME-LAMP\.key/, "bundle", "build", image, ...about, ...keys],
		[/is no bundle/, "bundle", "publish", image],
		[/There is no product A-B/, "bundle", "list", "A-B"],
		[/no such file/, "bundle", "publish", join(tool.folder, "nothing")],
		[/This is no product key's statement/, "product", "key", image],
	];
	for (const [pattern, ...words] of mistakes) {
		const { code, error } = await tool.run(...words);
		assert.equal(code, 1, words.join(" "));
		assert.match(error, pattern);
		assert.doesNotMatch(error, /\n +at /);
	}
	await tool.json("key", "platform", "esp32", ...keys);
	const again = await tool.run("key", "platform", "esp32", ...keys);
	assert.match(again.error, /is there already\. Devices trust it/);
});
