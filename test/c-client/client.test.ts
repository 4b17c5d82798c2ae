/**
 * A client in C that was written from PROTOCOL.md alone makes the journey with a real service: what
 * it needs to know, the page says.
 */

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../../example/local-service.js";
import { makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../hosts/dms/publisher/keys.js";
import { openService } from "../../hosts/dms/service.js";
import { formatToken, parseToken } from "../../src/protocol/token.js";
import { imageOf } from "../dms/publisher.js";
import { createTool, type Serving } from "../dms/tool.js";

const product = "ACME-LAMP";
const platform = "c-client";
const flags = [
	...["-std=c11", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE"],
	"-DOPENSSL_API_COMPAT=10101",
	"-Wno-deprecated-declarations",
];
const sources = fileURLToPath(new URL("../../../test/c-client/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "opendms-c-client-"));
const client = join(folder, "client");
after(() => rmSync(folder, { recursive: true }));

const sha256 = (bytes: Uint8Array): Uint8Array =>
	Uint8Array.from(createHash("sha256").update(bytes).digest());

function cannotCompile(): string | false {
	const input = "#include <openssl/ssl.h>\n";
	const { status } = spawnSync("cc", ["-E", "-x", "c", "-"], { input });
	return status === 0
		? false
		: "there is no C compiler with OpenSSL's headers: apt-get install gcc libc6-dev libssl-dev";
}

const skip = cannotCompile();
if (skip === false) {
	const files = readdirSync(sources).filter((name) => name.endsWith(".c"));
	const words = [...flags, "-o", client, ...files, "-lssl", "-lcrypto"];
	const { status, stderr } = spawnSync("cc", words, { cwd: sources, encoding: "utf8" });
	if (status !== 0) throw new Error(stderr);
}

interface World {
	readonly serving: Serving;
	/** Runs the client to its end with a new provisioning token. */
	run(options?: { claim?: string; host?: string; secondsOff?: number }): Promise<Ran>;
}

interface Ran {
	readonly code: number;
	readonly out: string;
	readonly error: string;
}

/** `opendms serve` with a product, its key, a release, and as many tokens as are wanted. */
async function openWorld(context: TestContext): Promise<World> {
	const tool = createTool(context);
	const keys = join(tool.folder, "keys");
	const platformKey = createPlatformKey(keys, platform);
	const { statement } = createProductKey(keys, product, platform, false);
	const port = await freePort();
	const addresses = ["127.0.0.1:" + port, "localhost:" + port];
	const service = await openService({ ...(await tool.place()), addresses });
	await service.users.add("alice");
	await service.products.add({ code: product, title: "Lamp", platform, owner: "alice" });
	await service.bundles.addKey(Uint8Array.from(readFileSync(statement)));
	const image = imageOf("1.1.0.0");
	const about = { product, platform, version: "1.1.0.0", sequence: 1, image };
	await service.bundles.publish(makeBundle(about, productKeyOf(keys, product)));
	await service.bundles.tag(product, "1.1.0.0", "release");
	const { token } = await service.tokens.addProvisioning();
	const aliceToken = (await service.tokens.addClaim({ user: "alice" })).token;
	await service.close();
	const place = ["--address", ...addresses, "--listen", "127.0.0.1:" + port];
	const serving = await tool.serve(...place, "--log-format", "json");
	return {
		serving,
		run({ claim = aliceToken, host = "127.0.0.1", secondsOff = 0 } = {}) {
			const parsed = parseToken(token, { sha256 });
			assert.ok(parsed);
			const text = formatToken({ ...parsed, address: host + ":" + port }, { sha256 });
			const key = Buffer.from(platformKey).toString("hex");
			return ran([text, claim, product, key, String(secondsOff)]);
		},
	};
}

function ran(words: readonly string[]): Promise<Ran> {
	return new Promise((resolve) => {
		execFile(client, words, { timeout: 60_000 }, (error, out, said) => {
			const code = typeof error?.code === "number" ? error.code : error ? -1 : 0;
			resolve({ code, out, error: said });
		});
	});
}

const journey = new RegExp(
	[
		...["^hello", "uuid: [0-9a-f]{40}", "acknowledged", "owner: alice", "title: Lamp"],
		...["key generation: 1", "rule: release", "version: 1\\.1\\.0\\.0", "length: 10000", "$"],
	].join("\n"),
);

test("from a token to an update's statement, at an IPv4 address", { skip }, async (context) => {
	const { run, serving } = await openWorld(context);
	const { code, out, error } = await run();
	assert.equal(error, "");
	assert.match(out, journey);
	assert.equal(code, 0);
	assert.equal((await serving.stop()).error.includes('"rule"'), false, "nothing was refused");
});

test("a clock that is wrong costs one more hello, at a DNS name", { skip }, async (context) => {
	const { run, serving } = await openWorld(context);
	const { out, error } = await run({ host: "localhost", secondsOff: 1000 });
	assert.equal(error, "");
	assert.match(out, journey);
	const refused = (await serving.stop()).error.match(/"rule":"\w+"/g);
	assert.deepEqual(refused, ['"rule":"clock"']);
});

test("a refusal ends the journey with the service's own sentence", { skip }, async (context) => {
	const { run, serving } = await openWorld(context);
	const { code, out, error } = await run({ claim: "0000-0000-0000-0000-0000" });
	assert.match(out, /acknowledged\n$/);
	assert.match(error, /^Refused: 403 token-unknown .+\n$/);
	assert.equal(code, 1);
	await serving.stop();
});
