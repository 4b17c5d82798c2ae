/** Options from a file: what is typed goes first, then the environment, then the file. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { withConfig } from "../../hosts/dms/cli/config-file.js";
import { runHere } from "./tool.js";

const whole = {
	data: "/var/lib/opendms",
	serve: {
		address: ["dms.example.com:8443", "dms.example.org:8443"],
		...{ workers: 4, api: false, "accept-clock": true },
	},
};
const served = ["--workers=4", "--no-api", "--accept-clock"];
const addresses = ["--address", ...whole.serve.address];

function fileOf(context: TestContext, content: unknown): string {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const path = join(folder, "config.json");
	writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
	return path;
}

test("a file's options are as if they were typed, and give way to those that are", (context) => {
	const path = fileOf(context, whole);
	const environment = { OPENDMS_CONFIG: path };
	const data = "--data=/var/lib/opendms";
	for (const [words, expected] of [
		["serve", [data, "serve", ...addresses, ...served]],
		["user list", [data, "user", "list"]],
		["serve --workers 2", [data, "serve", ...addresses, ...served.slice(1), "--workers", "2"]],
		["serve --api=127.0.0.1:1", [data, "serve", ...addresses, served[0], served[2]]],
		["--data serve user list", ["--data", "serve", "user", "list"]],
	] as const) {
		const made = withConfig(words.split(" "), environment);
		assert.deepEqual(made.slice(0, expected.length), expected, words);
	}
	const here = withConfig(["user", "list"], { ...environment, OPENDMS_DATA: "here" });
	assert.deepEqual(here, ["user", "list"]);
	const typed = withConfig(["--config", path, "user", "list"], {});
	assert.deepEqual(typed, [data, "--config", path, "user", "list"]);
	assert.deepEqual(withConfig(["user", "list"], {}), ["user", "list"]);
	const placed = withConfig(["--database", "postgres://a", "user", "list"], environment);
	assert.deepEqual(placed, ["--database", "postgres://a", "user", "list"]);
});

test("a file that can't be meant is told in a sentence", (context) => {
	for (const [content, message] of [
		["{", /is no configuration: SyntaxError/],
		[{ dat: "x" }, /is no configuration: .*"dat"/],
		[{ serve: { workers: null } }, /is no configuration: serve: workers: /],
	] as const) {
		const path = fileOf(context, content);
		assert.throws(() => withConfig(["serve"], { OPENDMS_CONFIG: path }), { message });
	}
	assert.throws(() => withConfig(["serve"], { OPENDMS_CONFIG: "/no/such" }), /ENOENT/);
});

test("a place that is typed goes before any that the environment has", async () => {
	const environment = { OPENDMS_DATA: "e", OPENDMS_DATABASE: "postgres://e", OPENDMS_SERVICE: "e" };
	for (const [words, said] of [
		["--data f user list", /There is no service in f\./],
		["user list --data=f", /There is no service in f\./],
		["--database x user list", /A database is named as/],
		["--service x user list", /--service or OPENDMS_SERVICE names no service/],
		["user list", /--service or OPENDMS_SERVICE names no service|Say who you are/],
	] as const) {
		const { code, error } = await runHere(words.split(" "), environment);
		assert.equal(code, 1);
		assert.match(error, said, words);
	}
});
