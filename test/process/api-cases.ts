/** Who may use the API, and what the command line says when it can't be used; as processes. */

import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "./case.js";
import { commandOf } from "./commands.js";
import { ended } from "./spawned.js";

const nowhere = "--service http://127.0.0.1:1";

function writeToken(mode: number) {
	return (folder: string) => writeFileSync(join(folder, "token"), "opendms_none\n", { mode });
}

export const apiCases: readonly Case[] = [
	{
		line: "opendms api-token add ci --role publisher",
		out: /^API token ci, good until 20.*\. It is shown only now\.\nopendms_[\w-]{43}\n$/,
	},
	{
		line: "opendms api-token add ci --role publisher --out token",
		out: /^API token ci, good until .*It is in token\n$/,
		check(folder) {
			assert.match(readFileSync(join(folder, "token"), "utf8"), /^opendms_[\w-]{43}\n$/);
			assert.equal(statSync(join(folder, "token")).mode & 0o777, 0o600);
		},
	},
	{
		line: "opendms api-token add ci --role publisher --out token",
		promise: "a file that is there is not written over, and no token is made",
		prepare: writeToken(0o600),
		code: 1,
		error: /^opendms: token exists/,
		check: (folder) => assert.equal(readFileSync(join(folder, "token"), "utf8"), "opendms_none\n"),
	},
	{ line: "opendms api-token add ci --role boss", code: 1, error: /Allowed choices are admin/ },
	{ line: "opendms api-token add ci", code: 1, error: /--role/ },
	{ line: "opendms api-token add CI --role viewer", code: 1, error: /letters: a-z/ },
	{ line: "opendms api-token add a --role owner", code: 1, error: /--role owner --user <name>/ },
	{ line: "opendms api-token add a --role owner --user alice --json", out: /"user":"alice"/ },
	{ line: "opendms api-token add a --role owner --user zoe", code: 1, error: /no user zoe/ },
	{ line: "opendms api-token list", out: /^None\.\n$/ },
	{ line: "opendms api-token revoke ci", code: 1, error: /no API token ci/ },
	{ line: `opendms user list ${nowhere}`, code: 1, error: /Say who you are: --token-file/ },
	{
		line: `opendms user list ${nowhere}`,
		promise: "nobody is there",
		environment: { OPENDMS_TOKEN: "opendms_none" },
		code: 1,
		error: /^opendms: There is no service at http:\/\/127\.0\.0\.1:1: /,
	},
	{
		line: `opendms user list ${nowhere} --token-file token`,
		promise: "others can read the token",
		prepare: writeToken(0o644),
		code: 1,
		error: /chmod 600 token\n$/,
	},
	{ line: `opendms user list ${nowhere} --token-file none`, code: 1, error: /ENOENT.*'none'/ },
	{ line: "opendms user list --service here", code: 1, error: /Write scheme, host and port/ },
	{
		line: "opendms user list",
		promise: "an environment that names no service",
		environment: { OPENDMS_SERVICE: "here" },
		code: 1,
		error: /^opendms: .*OPENDMS_SERVICE.*Write scheme, host and port/,
	},
	{
		line: "opendms --help",
		promise: "help in an environment that names no service",
		environment: { OPENDMS_SERVICE: "here" },
		out: /--service <url>/,
	},
	{
		line: "opendms user list --service http://dms.example.com:8444",
		promise: "a token isn't sent through a network in the clear",
		environment: { OPENDMS_TOKEN: "opendms_none" },
		code: 1,
		error: /https:\/\/dms\.example\.com:8444/,
	},
	{
		line: "opendms api-token add ci --role viewer --out no/where/token",
		promise: "a token that can't be kept isn't made",
		code: 1,
		error: /ENOENT.*no\/where\/token/,
		async check(folder) {
			const command = commandOf(["opendms", "api-token", "list"]);
			assert.equal((await ended({ command, folder })).out, "None.\n");
		},
	},
	{
		line: "opendms serve --listen 127.0.0.1:0 --api 127.0.0.1:0 --api-certificate api.crt",
		code: 1,
		error: /--api-certificate <file> --api-key <file>/,
	},
	{
		line: "opendms serve --listen 192.0.2.1:8443 --api 127.0.0.1:0 --workers 2",
		promise: "an API beside workers that can't listen ends with them",
		code: 1,
		error: /can't be listened at/,
	},
	{
		line: `opendms backup copy ${nowhere}`,
		code: 1,
		error: /on the service's own machine/,
	},
	{
		line: "opendms serve --listen 127.0.0.1:0 --api 0.0.0.0:0",
		code: 1,
		error: /API tokens aren't sent through a network in the clear.*--behind-proxy/,
	},
];
