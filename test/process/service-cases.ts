/** Each command of `opendms` that works on a service, as a process. */

import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "./case.js";
import { changeCases } from "./service-change-cases.js";

const empty = { isEmpty: true } as const;
const noService = /^opendms: There is no service in \.\/state\/dms\. Make one: opendms init/;

/** Nothing was made. */
function isEmpty(folder: string): void {
	assert.deepEqual(readdirSync(folder), []);
}

const founding: readonly Case[] = [
	{
		line: "opendms init --address dms.example.com:8443",
		...empty,
		out: /^A new service is in \.\/state\/dms\.\n[^]*fingerprint +[0-9a-f]{64}\n/,
		check: (folder) => assert.ok(existsSync(join(folder, "state", "dms", "ca.key"))),
	},
	{
		line: "opendms init --address dms.example.com --json",
		...empty,
		out: /^\{"data":".\/state\/dms","address":"dms\.example\.com.*"expiresAt":"20\d\d-.*Z"\}\n$/,
	},
	{ line: "opendms init", ...empty, code: 1, error: /See: opendms init --help\n$/, check: isEmpty },
	{ line: "opendms init --address a/b", ...empty, code: 1, error: /is no address/, check: isEmpty },
	{ line: "opendms init --address a", code: 1, error: /There is a service in .* already/ },
	{
		line: "opendms init --address a --data /proc/none",
		...empty,
		code: 1,
		error: /^opendms: ENOENT.*\/proc\/none.*Check that the folder/,
	},
	{
		line: "opendms init --address a --data taken",
		promise: "a data folder that is a file",
		...empty,
		prepare: (folder) => writeFileSync(join(folder, "taken"), ""),
		code: 1,
		error: /^opendms: EEXIST.*'taken'/,
	},
	{ line: "opendms serve", ...empty, code: 1, error: /opendms serve --address/, check: isEmpty },
	{
		line: "opendms serve --address a/b",
		...empty,
		code: 1,
		error: /is no address/,
		check: isEmpty,
	},
	{
		line: "opendms serve --address a --data /proc/none",
		...empty,
		code: 1,
		error: /^opendms: ENOENT.*\/proc\/none/,
	},
	{ line: "opendms serve --listen 192.0.2.1:8443", code: 1, error: /can't be listened at/ },
	{ line: "opendms serve --listen 8443", code: 1, error: /See: opendms serve --help\n$/ },
];

const listings: readonly Case[] = [
	...["user list", "product list", "device list", "token list", "audit", "cert show"].map(
		(command) => ({
			...empty,
			line: "opendms " + command,
			promise: "without a service there is none",
			code: 1,
			out: "" as const,
			error: noService,
			check: isEmpty,
		}),
	),
	{
		line: "opendms backup copy",
		promise: "without a service there is nothing to back up",
		...empty,
		code: 1,
		error: noService,
		check: isEmpty,
	},
	{
		line: "opendms user list",
		out: /^name +role +logs in +added\nalice +owner +no .*\nbob .*\n$/,
		error: "",
	},
	{
		line: "opendms user list --json",
		out: /^\[\{"name":"alice","role":"owner",.*"addedAt":"20.*Z"\},.*\]\n$/,
	},
	{ line: "opendms --data state/dms user list", out: /\nalice / },
	{
		line: "opendms user list",
		promise: "the environment names the data folder",
		environment: { OPENDMS_DATA: "elsewhere" },
		code: 1,
		error: /There is no service in elsewhere\./,
	},
	{ line: "opendms user list", promise: "nobody reads it", output: "gone", error: "" },
	{ line: "opendms user list", promise: "standard output is closed", output: "closed" },
	{ line: "opendms user list", promise: "its input is closed", input: "closed", out: /alice/ },
	{
		line: "opendms token provision",
		promise: "a token that nobody gets is an error",
		output: "full",
		code: 1,
		error: /^The output can't be written: ENOSPC/,
	},
	{ line: "opendms product list", out: /\nACME-LAMP +Lamp +board +alice/ },
	{ line: "opendms product show ACME-LAMP", out: /^code +ACME-LAMP\n[^]*^devices +none$/m },
	{ line: "opendms token list", out: /\n[^\n]* provisioning +open / },
	{
		line: "opendms device list --csv",
		out: /^uuid,name,state,owner,.*\n{uuid},,provisioned,alice,/,
	},
	{ line: "opendms device list --reported 9.9.9.9 --status 221", out: /^None\.\n$/ },
	{ line: "opendms device list", out: /\n{uuid} +- +provisioned +alice/ },
	{ line: "opendms device list --version 0.2.0.0 --seen 1d --limit 5", out: /\n{uuid} |^None/ },
	{ line: "opendms device list --version 9.9.9.9", out: /^None\.\n$/ },
	{ line: "opendms device list --unseen 3650d", out: /^None\.\n$/ },
	{ line: "opendms device outlook {uuid}", out: /^next +.+\nwhy +It .+\nreported +/ },
	{ line: "opendms device show {uuid}", out: /^uuid +{uuid}\n/ },
	{ line: "opendms bundle list ACME-LAMP", out: /\n0\.3\.0\.0 [^]*\n0\.2\.0\.0 .* release/ },
	{ line: "opendms bundle show ACME-LAMP 0.2.0.0", out: /tags +release\n/ },
	{ line: "opendms export out", out: /^out has no key/ },
	{ line: "opendms rebuild none", code: 1, error: /There is a service in/ },
	{ line: "opendms cert crl", out: /number +1\nrevoked +0\n[^]*BEGIN X509 CRL/ },
	{
		line: "opendms cert crl http://a.example/crl.der",
		out: /say +http:\/\/a\.example\/crl\.der\n/,
	},
	{ line: "opendms cert crl https://a.example/", code: 1, error: /is no plain address/ },
	{ line: "opendms cert show", out: /fingerprint +[0-9a-f]{64}\n[^]*BEGIN CERTIFICATE/ },
	{
		line: "opendms audit",
		out: /bundle\.tag +product:ACME-LAMP +- +tag=release version=0\.2\.0\.0/,
	},
	{ line: "opendms audit --actor operator --action bundle.tag", out: /\n20.* bundle\.tag / },
	{ line: "opendms audit --actor user:nobody --refused", out: /^None\.\n$/ },
	{
		line: "opendms audit --limit 1 --json",
		out: /^\[\{.*"time":"20[^"]*Z".*"details":\{[^"]*("|\})/,
	},
];

const upkeep: readonly Case[] = [
	{ line: "opendms completion fish", out: /complete -c opendms / },
	{ line: "opendms complete -- us", out: /^user\n$/ },
	{ line: "opendms check", out: /^All is whole: 2 images, 1 devices, \d tokens\.\n$/ },
	{
		line: "opendms check",
		promise: "a damaged image is found",
		prepare(folder) {
			const images = join(folder, "state", "dms", "images");
			const [name = ""] = readdirSync(images);
			writeFileSync(join(images, name), "damaged");
		},
		code: 1,
		out: /image/,
	},
	{ line: "opendms check", ...empty, code: 1, error: noService },
	{ line: "opendms prune --dry-run", out: /^what +kept for +outdated\n/ },
	{ line: "opendms prune --json", out: /"pruned":0/ },
	{ line: "opendms prune", ...empty, code: 1, error: noService },
];

export const serviceCases: readonly Case[] = [...founding, ...listings, ...changeCases, ...upkeep];
