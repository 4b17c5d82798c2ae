/** The tools for makers and for a first look: `opendms-moddable`, `start`, `demo`. */

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../example/local-service.js";
import type { Case } from "./case.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const noSdk = { MODDABLE: "", IDF_PATH: "" };
const missing = /^MODDABLE is not set: .*npx xs-dev setup/;

const moddable: readonly Case[] = [
	{ line: "opendms-moddable --help", out: /^opendms-moddable build .*\n.*flash.*\n.*simulate/ },
	{
		line: "opendms-moddable --help",
		promise: "help names npm's scripts",
		environment: { npm_command: "run-script", npm_lifecycle_event: "simulate" },
		out: /^npm run build:esp32 -- /,
	},
	{ line: "opendms-moddable --version", out: /^\d+\.\d+\.\d+\n$/ },
	{
		line: "opendms-moddable",
		code: 1,
		error: /^Say one of: build, flash, simulate, manifest\. See/,
	},
	{ line: "opendms-moddable dance", code: 1, error: /^Say one of: build, flash, simulate/ },
	{ line: "opendms-moddable manifest --foo", code: 1, error: /See: opendms-moddable --help\n$/ },
	{ line: "opendms-moddable build twice", code: 1, error: /^Say one of: / },
	{ line: "opendms-moddable build --foo", code: 1, error: /See: opendms-moddable --help\n$/ },
	{ line: "opendms-moddable build", environment: noSdk, code: 1, error: missing },
	{ line: "opendms-moddable flash --target esp32c3", environment: noSdk, code: 1, error: missing },
	{ line: "opendms-moddable simulate", environment: noSdk, code: 1, error: missing },
	{
		line: "opendms-moddable build",
		promise: "an SDK's folder that is none",
		environment: { MODDABLE: "/proc" },
		code: 1,
		error: /^MODDABLE is \/proc, where there is no Moddable SDK\. /,
	},
];

const goodKey = "04" + "1f".repeat(64);

/** A maker's manifest with this in its `config`, and what comes of a build. */
function ofConfig(promise: string, config: object, error: RegExp): Case {
	return {
		...{ line: "opendms-moddable build", promise, environment: noSdk, code: 1, error },
		prepare: (folder) => writeFileSync(join(folder, "manifest.json"), JSON.stringify({ config })),
	};
}

const configs: readonly Case[] = [
	ofConfig("a version and a key", { version: "1.0.0.0", platformKey: goodKey }, missing),
	...["", "04", goodKey.slice(2), goodKey + "00", "x" + goodKey.slice(1), 4].map((platformKey) =>
		ofConfig(
			`${String(platformKey).length} characters that are no key`,
			{ platformKey },
			/^The platformKey in manifest\.json is no public key\. .*opendms key show/,
		),
	),
	...["1.0.0", "1.0.0.65536", "v1.0.0.0", 1].map((version) =>
		ofConfig(
			`version ${version}`,
			{ version },
			/^The version in manifest\.json is not four numbers/,
		),
	),
];

const start: readonly Case[] = [
	{ line: "start --help", out: /^npm start\n[^]*OPENDMS_STATE[^]*OPENDMS_PORT/ },
	{ line: "start --foo", code: 1, error: /'--foo'.*\. See: npm start --help\n$/ },
	{
		line: "start",
		promise: "a port that is none",
		environment: { OPENDMS_PORT: "http" },
		code: 1,
		error: /^OPENDMS_PORT is a number from 1 to 65535, not http\.\n$/,
	},
	{
		line: "start",
		promise: "a state folder in which nothing can be made",
		environment: { OPENDMS_STATE: "/proc/none" },
		code: 1,
		error: /^ENOENT.*'\/proc\/none'\n$/,
	},
	{
		line: "start",
		promise: "a state folder that is a file",
		prepare: (folder) => writeFileSync(join(folder, "state"), ""),
		code: 1,
		error: /^EEXIST.*'state'\n$/,
	},
	{
		line: "start",
		promise: "a data folder that is a file",
		prepare(folder) {
			mkdirSync(join(folder, "state"));
			writeFileSync(join(folder, "state", "dms"), "");
		},
		code: 1,
		error: /state\/dms/,
	},
	{
		line: "start",
		promise: "a first look, from a pipe; its log is there from the beginning",
		input: { pipe: "get dms.provision.status\r" },
		prepare: async () => ({ port: String(await freePort()) }),
		environment: { OPENDMS_PORT: "{port}" },
		out: /its log is state\/dms\.log\.[^]*dms_provision dms1\/localhost:\d+\/[^]*\r\n0\r\n/,
		check: (folder) => assert.ok(existsSync(join(folder, "state", "dms.log"))),
	},
];

/** A checkout with nothing in it yet but what set-up begins with. */
function freshCheckout(folder: string): void {
	for (const name of ["setup.mjs", "setup", "package.json", "package-lock.json"]) {
		cpSync(join(root, name), join(folder, name), { recursive: true });
	}
}

const setup: readonly Case[] = [
	{
		line: "setup",
		promise: "without npm it says so, and ends",
		prepare: freshCheckout,
		environment: { PATH: "/nowhere" },
		code: 1,
		out: "",
		error: /npm could not install the packages\. Is the npm registry within reach\?\n$/,
	},
];

const demo: readonly Case[] = [
	{ line: "demo --help", out: /^npm run demo -- \[options\]\n/ },
	{ line: "demo --foo", code: 1, error: /'--foo'.*\. See: npm run demo -- --help\n$/ },
	{
		line: "demo",
		promise: "into a pipe there is nothing that moves a cursor, and each crash is told",
		out: /^[^\x1b\r]*revert +ok[^\x1b\r]*$/,
		error: /^(the board restarted: unhandled exception: Error: the lamp has no bulb\n){3}$/,
	},
];

/** What only a checkout has: a slip in a number is no run in which nothing was found. */
const measures: readonly Case[] = [
	{ line: "bench --help", out: /^npm run bench -- NAME/ },
	{ line: "bench", code: 1, error: /^npm run bench -- NAME/ },
	{ line: "bench --foo", code: 1, error: /'--foo'.*\. See: npm run bench -- --help\n$/ },
	{ line: "faults --help", out: /^npm run faults -- \[options\]\n/ },
	{ line: "faults --count many", code: 1, out: "", error: /^--count takes a whole number/ },
	{ line: "faults --years 0", code: 1, out: "", error: /^--years takes 1 to 15/ },
	{ line: "faults --years 10 --devices 0", code: 1, out: "", error: /^--devices takes 1 or more/ },
	{ line: "faults --devices 3", code: 1, out: "", error: /^--devices goes with --years/ },
	{ line: "faults --processor v9", code: 1, out: "", error: /^--processor takes xs or v8\n$/ },
	{ line: "fuzz --help", out: /^npm run fuzz -- \[options\]\n/ },
	{
		line: "fuzz --target none",
		code: 1,
		out: "",
		error: /^There is no parser "none"\. There are: /,
	},
	{ line: "fuzz api --count -1", code: 1, out: "", error: /--count/ },
	{ line: "mutants --help", out: /^npm run mutants -- \[PART\]/ },
	{ line: "mutants none-such", code: 1, out: "", error: /^No mutant has "none-such" in its name/ },
];

const all = [...moddable, ...configs, ...setup, ...start, ...demo, ...measures];

export const toolCases: readonly Case[] = all.map((one) => ({ ...one, isEmpty: true }));
