/** Each command of `opendms` that changes what a service has, as a process. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { factoryChip } from "../dms/factory-chip.js";
import type { Case } from "./case.js";
import { commandOf } from "./commands.js";

export const changeCases: readonly Case[] = [
	{ line: "opendms user add carol", out: /^User carol added\.\n$/ },
	{
		line: "opendms user add carol --role operator",
		out: /^User carol added\. To log in: opendms user invite carol\n$/,
	},
	{ line: "opendms user role alice viewer", out: /^alice is viewer now, and logs in anew\.\n$/ },
	{
		line: "opendms user email alice alice@example.com",
		out: /^alice is known by alice@example\.com now\.\n$/,
	},
	{
		line: "opendms user invite alice",
		out: /^For alice, good once until 20.*\nhttp:\/\/127\.0\.0\.1:8444\/invite#[\w-]{43}\n$/,
	},
	{ line: "opendms user remove bob", out: /^User bob removed\.\n$/ },
	{
		line: "opendms user remove nobody",
		code: 1,
		error: /no user nobody\. See .*: opendms user list/,
	},
	{
		line: "opendms product add ACME-BELL --title 'A bell' --platform esp32 --owner bob",
		out: /^Product ACME-BELL added\.\n$/,
	},
	{
		line: "opendms product add ACME-BELL --title Bell --platform ESP32 --owner bob",
		code: 1,
		error: /A platform is lower case/,
	},
	{ line: "opendms product set ACME-LAMP --title Light", out: /title +Light\n/ },
	{
		line: "opendms product set ACME-LAMP --platform esp32",
		code: 1,
		error: /ACME-LAMP has bundles, so it has to stay/,
	},
	{ line: "opendms product set ACME-LAMP", code: 1, error: /See: opendms product set --help\n$/ },
	{ line: "opendms product remove ACME-LAMP", code: 1, error: /has bundles, so it has to stay/ },
	{ line: "opendms product share ACME-LAMP bob", out: /is shared with bob/ },
	{ line: "opendms product unshare ACME-LAMP bob", code: 1, error: /is not shared with bob/ },
	{ line: "opendms product lock ACME-LAMP", out: /is locked against claims/ },
	{ line: "opendms product unlock ACME-LAMP", out: /is open to claims/ },
	{ line: "opendms product key state/publisher/product-ACME-LAMP.statement", out: /generation 1/ },
	{
		line: "opendms product factory ACME-LAMP chip.bin",
		promise: "a factory image for other hardware than the product's",
		prepare: (folder) => writeFileSync(join(folder, "chip.bin"), factoryChip({ chip: 0 })),
		code: 1,
		error: /ACME-LAMP is for board, and the factory image for esp32\.\n$/,
	},
	{ line: "opendms product factory ACME-LAMP", code: 1, error: /has no factory image\. Its/ },
	{ line: "opendms product factory ACME-LAMP lamp.image", code: 1, error: /no partition table/ },
	{ line: "opendms product key nothing", code: 1, error: /^opendms: ENOENT.*nothing/ },
	{ line: "opendms product floor ACME-LAMP 0.2.0.0", out: /offered from 0\.2\.0\.0 on/ },
	{ line: "opendms product stepping-stones ACME-LAMP", out: /^None\.\n$/ },
	{
		line: "opendms product stepping-stones ACME-LAMP --remove 1 --yes",
		...{ code: 1, error: /ACME-LAMP has no stepping stone 1\./ },
	},
	{ line: "opendms product interval ACME-LAMP 12h", out: /every 43200 seconds/ },
	{
		line: "opendms token provision",
		out: /Type on the device: dms_provision dms1\/dms\.example\.com/,
	},
	{ line: "opendms token claim alice", out: /Type on the device: dms_claim / },
	{ line: "opendms token activation alice ACME-LAMP --uses 5 --json", out: /^\{.*"token":"/ },
	{ line: "opendms token revoke {id}", out: /^Token .* revoked\.\n$/ },
	{ line: "opendms token claim nobody", code: 1, error: /Add it: opendms user add nobody\n$/ },
	{
		line: "opendms token claim nobody",
		promise: "sentences name the command as it was typed",
		environment: { npm_command: "exec" },
		code: 1,
		error: /Add it: npx opendms user add nobody\n$/,
	},
	{ line: "opendms token transfer {uuid} bob", out: /^Token .*\nType on the device: dms_claim / },
	{ line: "opendms token transfer {uuid} nobody", code: 1, error: /There is no user nobody/ },
	{ line: "opendms device release {uuid}", out: /Nobody owns {uuid} now/ },
	{ line: "opendms device tag {uuid} beta", out: /gets beta now/ },
	{ line: "opendms device name {uuid} 'Lamp in the hall'", out: /is Lamp in the hall now\.\n$/ },
	{ line: "opendms device pin {uuid} 0.3.0.0", out: /gets 0\.3\.0\.0 now/ },
	{ line: "opendms device swap {uuid} 02000000000a", out: /is on hardware 02000000000a now/ },
	{ line: "opendms device lock {uuid}", out: /{uuid}/ },
	{ line: "opendms device unlock {uuid}", out: /{uuid}/ },
	{ line: "opendms device certificate {uuid}", out: /^-----BEGIN CERTIFICATE-----\n/ },
	{ line: "opendms device revoke {uuid} --yes", out: /^Device {uuid} revoked\.\n$/ },
	{ line: "opendms device delete {uuid} --yes", out: /{uuid}/ },
	{
		line: "opendms device delete {uuid}",
		promise: "what is final needs --yes where nobody can be asked",
		code: 1,
		error: /^opendms: Device {uuid}, of version .* will never .* Say that you mean it: --yes\n$/,
	},
	{
		line: "opendms device kill {uuid}",
		code: 1,
		error: /There are: list, show, .*See: opendms device --help\n$/,
	},
	{
		line: "opendms bundle tag ACME-LAMP 0.3.0.0 release --percent 10",
		out: /^0\.3\.0\.0 is the release of ACME-LAMP now, for 10 % of its devices\.\n$/,
	},
	{ line: "opendms bundle pause ACME-LAMP release", out: /^The release of ACME-LAMP waits\.\n$/ },
	{ line: "opendms bundle resume ACME-LAMP release", out: /goes on\.\n$/ },
	{
		line: "opendms bundle pause ACME-LAMP beta",
		promise: "a roll-out that isn't there can't wait",
		code: 1,
		error: /^opendms: .*beta.*\n$/,
	},
	{ line: "opendms bundle untag ACME-LAMP release", out: /has no release now/ },
	{ line: "opendms bundle withdraw ACME-LAMP 0.3.0.0 --yes", out: /is withdrawn/ },
	{ line: "opendms bundle withdraw ACME-LAMP 0.2.0.0 --yes", code: 1, error: /Move the tag first/ },
	{
		line: "opendms bundle publish lamp.bundle",
		out: /^Published\. .*bundle tag ACME-LAMP 0\.4\.0\.0/,
	},
	{ line: "opendms bundle publish lamp.image", code: 1, error: /is no bundle/ },
	{
		line: "opendms cert encrypt-key",
		code: 1,
		error: /Say the passphrase that is to be: OPENDMS_CA_PASSPHRASE_FILE=<file>\n$/,
	},
	{ line: "opendms cert keys keys", out: /^keys has ca\.key: keep it safe\.\n$/ },
	{ line: "opendms cert retire 00000000", code: 1, error: /There is no CA 00000000/ },
	{
		line: "opendms cert next-authority",
		out: /^The next CA: [0-9a-f]{64}\. Now restart opendms serve, and back up\.\n$/,
	},
	{
		line: "opendms cert issue proxy.example.com --out certs",
		promise: "a certificate without a place to go isn't issued",
		code: 1,
		error: /^opendms: ENOENT/,
	},
	{
		line: "opendms cert issue proxy.example.com",
		out: /^Good until .*: proxy\.example\.com\.key, proxy\.example\.com\.crt\n$/,
		check: (folder) => assert.ok(existsSync(join(folder, "proxy.example.com.key"))),
	},
	{
		line: "opendms cert issue proxy.example.com",
		promise: "a key that is there stays",
		prepare: (folder) => writeFileSync(join(folder, "proxy.example.com.crt"), "mine"),
		code: 1,
		error: /proxy\.example\.com\.crt exists/,
		check: (folder) => assert.ok(!existsSync(join(folder, "proxy.example.com.key"))),
	},
	{
		line: "opendms backup copy",
		out: /^copy has the CA's private key/,
		check: (folder) => assert.ok(existsSync(join(folder, "copy", "opendms.db"))),
	},
	{
		line: "opendms backup copies --keep 2",
		promise: "the newest stay, and what isn't one of them",
		prepare(folder) {
			for (const name of ["opendms-20260101T000000Z", "opendms-20260102T000000Z", "other"]) {
				mkdirSync(join(folder, "copies", name), { recursive: true });
			}
		},
		check(folder) {
			const [oldest, newest = "", other, ...rest] = readdirSync(join(folder, "copies")).sort();
			assert.deepEqual([oldest, other, rest], ["opendms-20260102T000000Z", "other", []]);
			assert.ok(existsSync(join(folder, "copies", newest, "ca.key")));
		},
	},
	{
		line: "opendms backup -",
		promise: "a tar on standard output, of which a service is made again",
		out: /opendms\/ca\.key/,
		error: "",
		check(folder) {
			const [program = "", main = ""] = commandOf(["opendms"]);
			const script = '"$0" "$1" backup - | tar -xf - && "$0" "$1" --data again restore opendms';
			const said = execFileSync("/bin/sh", ["-c", script, program, main], { cwd: folder });
			assert.match(String(said), /again/);
		},
	},
	{
		line: "opendms user list --config config.json",
		promise: "a file says where the service is",
		prepare(folder) {
			renameSync(join(folder, "state"), join(folder, "elsewhere"));
			writeFileSync(join(folder, "config.json"), '{ "data": "elsewhere/dms" }');
		},
		out: /^alice /m,
	},
	{ line: "opendms backup no/where/copy", promise: "into folders to be made", out: /private key/ },
	{
		line: "opendms backup copy/",
		promise: "a name that ends in a slash",
		out: /private key/,
		check: (folder) => assert.ok(existsSync(join(folder, "copy", "opendms.db"))),
	},
	{ line: "opendms --data new/ restore state/dms/", out: /^new\/ is as state\/dms\/ was/ },
	{ line: "opendms backup /proc/copy", code: 1, error: /^opendms: ENOENT/ },
	{ line: "opendms --data new restore state/dms", out: /^new is as state\/dms was/ },
	{ line: "opendms restore lamp.image", code: 1, error: /lamp\.image is not a backup/ },
	{
		line: "opendms backup taken",
		promise: "a folder that has something in it",
		prepare(folder) {
			mkdirSync(join(folder, "taken"));
			writeFileSync(join(folder, "taken", "note"), "mine");
		},
		code: 1,
		error: /taken is there already/,
	},
];
