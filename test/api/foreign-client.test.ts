/** A client that a foreign tool makes of the OpenAPI document does all that a publisher does. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pathToFileURL } from "node:url";
import { createClient } from "@hey-api/openapi-ts";
import { build } from "esbuild";
import { listenForApi } from "../../hosts/dms/api/api-listener.js";
import { apiPath } from "../../hosts/dms/api/openapi.js";
import { encodeBundle, makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../hosts/dms/publisher/keys.js";
import { openBench } from "../dms/bench.js";
import { imageOf, platform } from "../dms/publisher.js";

type Options = { readonly [part: string]: unknown };
type Result = { readonly data?: object; readonly error?: object };
/** As the tool makes it: a function for each operation, by its id. */
type Client = { readonly [operation: string]: (options: Options) => Promise<Result> };

const plugins = ["@hey-api/typescript", "@hey-api/client-fetch", "@hey-api/sdk"] as const;

async function generate(context: TestContext, url: string): Promise<Client> {
	const folder = mkdtempSync(join(tmpdir(), "opendms-client-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const input = url + "/openapi.json";
	const output = { path: join(folder, "source"), entryFile: true };
	await createClient({ input, output, plugins: [...plugins], logs: { level: "silent" } });
	const outfile = join(folder, "client.mjs");
	const entryPoints = [join(folder, "source", "sdk.gen.ts")];
	await build({ entryPoints, outfile, bundle: true, format: "esm", platform: "node" });
	return import(pathToFileURL(outfile).href);
}

test("a client of another tool's making publishes and rolls out a version", async (context) => {
	const { service } = await openBench(context);
	const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
	const api = await listenForApi(service, { host: "127.0.0.1", port: 0 });
	context.after(() => api.close());
	const baseUrl = api.url + apiPath;
	const client = await generate(context, baseUrl);
	const ask = async (operation: string, options: Options) => {
		const done = await client[operation]?.({ baseUrl, auth: token, ...options });
		assert.equal(done?.error, undefined, operation + JSON.stringify(done?.error));
		return done?.data ?? {};
	};
	const product = "NEW-HUB";
	const keys = mkdtempSync(join(tmpdir(), "opendms-keys-"));
	context.after(() => rmSync(keys, { recursive: true }));
	createPlatformKey(keys, platform);
	const { statement } = createProductKey(keys, product, platform, false);
	const about = { product, platform, version: "1.0.0.0", sequence: 1, image: imageOf("1") };
	const bundle = encodeBundle(makeBundle(about, productKeyOf(keys, product)));

	const body = { code: product, title: "Hub", platform, owner: "alice" };
	assert.deepEqual(Object(await ask("addProduct", { body })).production, false);
	await ask("addProductKey", { body: new Blob([readFileSync(statement)]) });
	const published = await ask("publishBundle", { body: new Blob([Uint8Array.from(bundle)]) });
	assert.equal(Object(published).version, "1.0.0.0");
	const path = { product, tag: "release" };
	await ask("tagBundle", { path, body: { version: "1.0.0.0", percent: 25 } });
	const shown = await ask("showBundle", { path: { product, version: "1.0.0.0" } });
	const { tags, reports } = Object(shown);
	const rollOut = { percent: 25, failurePercent: 10, haltedAt: null, haltedBy: null };
	assert.deepEqual(tags, [{ tag: "release", ...rollOut }]);
	assert.deepEqual(reports, {});
	const query = { limit: 1, product };
	assert.deepEqual(await ask("listDevices", { query }), []);
	const refused = await client["showProduct"]?.({
		baseUrl,
		auth: token,
		path: { code: "NO-SUCH" },
	});
	assert.equal(Object(refused?.error).rule, "product-unknown");
});
