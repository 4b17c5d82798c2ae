/** The command line at a service elsewhere: what it does here it does there, in the same words. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { apiCases } from "./api-cases.js";
import { play } from "./case.js";
import { commandOf } from "./commands.js";
import { makeTemplate } from "./place.js";
import { type Ended, ended, Spawned } from "./spawned.js";

play(apiCases);

/** Runs lines at the service of a folder with everything, by its API and a token of a role. */
async function elsewhere(context: TestContext, role: string) {
	const template = await makeTemplate();
	const folder = template.copy();
	const words = ["serve", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0", "--json"];
	const serving = new Spawned({ command: commandOf(["opendms", ...words]), folder });
	context.after(async () => {
		serving.child.kill("SIGTERM");
		assert.equal((await serving.ended).code, 0);
		template.remove();
	});
	const [, url = ""] = /"api":"([^"]+)"/.exec(await serving.until(/"api":"[^"]+"/)) ?? [];
	const made = await ended({
		command: commandOf(["opendms", "api-token", "add", "ci", "--role", role, "--json"]),
		folder,
	});
	const environment = {
		OPENDMS_DATA: "/proc/none",
		OPENDMS_SERVICE: url,
		OPENDMS_TOKEN: String(JSON.parse(made.out).token),
	};
	// Whatever is asked of the folder now, is asked in vain.
	const run = (line: string): Promise<Ended> =>
		ended({
			command: commandOf(["opendms", ...line.split(" ")]),
			folder,
			environment,
		});
	return { run, folder, names: template.names };
}

test("a publisher's whole path goes by the API", async (context) => {
	const { run, folder, names } = await elsewhere(context, "publisher");
	const lines: readonly (readonly [string, RegExp])[] = [
		["product list", /ACME-LAMP/],
		["bundle list ACME-LAMP", /0\.3\.0\.0/],
		["bundle publish lamp.bundle", /^Published\. To give it to all devices: /],
		["bundle tag ACME-LAMP 0.4.0.0 release --percent 10", /for 10 % of its devices/],
		["bundle show ACME-LAMP 0.4.0.0", /tags +release 10 %/],
		["bundle untag ACME-LAMP release", /has no release now/],
		["bundle withdraw ACME-LAMP 0.3.0.0 --yes", /is withdrawn/],
		["product floor ACME-LAMP 0.2.0.0", /^Product ACME-LAMP /],
		["device list --owner alice", new RegExp(names["uuid"] ?? "")],
		["audit --limit 1", /api:ci +product\.floor/],
		["cert show", /fingerprint/],
	];
	for (const [line, out] of lines) {
		const result = await run(line);
		assert.equal(result.code, 0, line + ": " + result.error);
		assert.match(result.out, out, line);
	}
	writeFileSync(join(folder, "other.bundle"), "no bundle");
	for (const [line, error] of [
		["bundle publish other.bundle", /^opendms: other\.bundle is no bundle/],
		["bundle show ACME-LAMP 9.0.0.0", /^opendms: .*9\.0\.0\.0/],
		["user add carol", /^opendms: This is for admin, operator; the token ci is publisher\.\n$/],
	] as const) {
		const result = await run(line);
		assert.equal(result.code, 1, line);
		assert.match(result.error, error);
	}
});

test("an operator's path goes by the API", async (context) => {
	const { run, names } = await elsewhere(context, "operator");
	const uuid = names["uuid"] ?? "";
	for (const [line, out] of [
		["user add carol", /^User carol added/],
		["user list --json", /"name":"carol","role":"owner",.*"addedAt":"20\d\d-/],
		["token provision", /^Token [0-9a-f]{12}, good until .*\nType on the device: dms_provision /],
		["token claim carol", /dms_claim /],
		["token activation alice ACME-LAMP --uses 3", /dms_claim /],
		["token list", /activation/],
		["device show " + uuid.slice(0, 8), /owner +alice/],
		["device list --locked", /^None\.\n$/],
		["device lock " + uuid, /is locked out/],
		["device list --locked --json", new RegExp('^\\[\\{"uuid":"' + uuid)],
		["device unlock " + uuid, /welcome/],
		["device tag " + uuid + " beta", /gets beta now/],
		["device name " + uuid + " Hall", /is Hall now/],
		["device pin " + uuid + " 0.2.0.0", /gets 0\.2\.0\.0 now/],
		["device release " + uuid, /Nobody owns/],
		["device certificate " + uuid, /BEGIN CERTIFICATE/],
		["device revoke " + uuid + " --yes", /revoked/],
		["cert crl", /revoked +1\n/],
		["device delete " + uuid + " --yes", /deleted/],
		["user remove carol", /removed/],
	] as const) {
		const result = await run(line);
		assert.equal(result.code, 0, line + ": " + result.error);
		assert.match(result.out, out, line);
	}
});
