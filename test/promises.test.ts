/**
 * Which tests keep what the pages promise, section by section. `npm test` says it, and
 * `node --test build/test/promises.test.js` just that.
 */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

/** By page and heading: the test files below `test/`. */
const keepers: { readonly [page: string]: { readonly [heading: string]: string } } = {
	PROTOCOL: {
		"1. Transport": "dms/transport dms/listener dms/mutual-tls journey/tls tls/attacks tls/interop",
		MessagePack: "dms/bad-body c-client/client fuzz/fuzz device",
		Limits: "dms/bad-head dms/bad-body dms/admission dms/overload fuzz/fuzz",
		"2. Words and encodings": "dms/plain-fields dms/bad-body protocol-page",
		"3. Tokens": "protocol-page journey/tokens",
		"Provisioning token": "dms/provision dms/rules journey/tokens",
		"Claim token and activation token": "dms/claim dms/activate dms/ownership",
		"4. Signed requests":
			"dms/signature dms/signature-form dms/signature-library dms/idempotency dms/version",
		"Signed answers": "dms/answers journey/forged-answers journey/signers",
		"5. Endpoints": "dms/rules dms/transport c-client/client",
		"`GET /hello?nonce=<22 letters of base64url>&authority=<16 hexadecimal digits>`":
			"dms/hello dms/clock-jump dms/next-authority journey/next-authority journey/time",
		"`GET /crl.der`": "dms/revocation",
		"`POST /provision`": "dms/provision dms/certificate dms/adoption",
		"`PUT /provision`": "dms/acknowledge faults/schedules",
		"`POST /renewal`": "dms/renewal journey/renewal faults/renewals",
		"`POST /claim`": "dms/claim dms/ownership",
		"`DELETE /claim`": "dms/ownership",
		"`POST /activate`": "dms/activate",
		"6. Refusals": "dms/refusals dms/rules journey/errors console/transcripts",
		"7. Updates": "update/update",
		"Who signs what": "update/keys update/refusals dms/two-people update/two-people dms/bundles",
		"A device without updates": "update/no-updates",
		"`POST /update`": "dms/update dms/roll-out update/update",
		"`GET /update/<bundle>/statement`, `GET /update/<bundle>/image`":
			"dms/update update/long-images update/drip update/bad-network",
		"`PUT /update`": "dms/update dms/roll-out",
		Trial: "update/trials update/rollback update/cuts update/rude",
		"`dfu.status`": "update/update update/passing-failures",
		Threats: "update/threats protocol-page",
		"8. A worked exchange": "protocol-page",
		Hello: "protocol-page",
		"A request with two signatures": "protocol-page dms/signature-library",
		"Its answer": "protocol-page",
		"A request and an answer without a body": "protocol-page",
		Statements: "protocol-page",
	},
	CONSOLE: {
		"1. The line": "console/line-bytes console/line-rate terminal/terminal terminal/width",
		"What is kept and what is lost": "console/line-rate",
		"2. Formats": "console/frames console/transcripts journey/machine dms/console",
		"Text from outside": "console/outside",
		"3. Names": "console/transcripts console/describe",
		"The network": "console/addresses journey/radio journey/auto-join",
		Profiles: "console/profiles",
		"Names that controllers use": "console/gecko-names",
		"What of Gecko OS is not here": "console/gecko-names",
		"4. Streams": "console/transcripts journey/machine",
		"5. Keys": "terminal/terminal console/transcripts",
		"6. A browser": "console/improv console/frames page/device-setup",
	},
	README: {
		"Try it": "readme process/tools process/lost-service package/setup",
		"Your own service, product and updates": "publishing process/service process/publisher",
		"With a board on the desk": "process/board sdk/esp32 bench/chip",
		"The tree": "links architecture tidy",
	},
};

for (const [page, sections] of Object.entries(keepers)) {
	test("each section is kept by a test: " + page + ".md", () => {
		const text = readFileSync(new URL(`../../${page}.md`, import.meta.url), "utf8");
		const headings = text.replace(/^```[^]*?^```$/gm, "").matchAll(/^##+ (.+)$/gm);
		assert.deepEqual(
			Object.keys(sections),
			[...headings].map(([, heading]) => heading),
		);
	});
	for (const [heading, files] of Object.entries(sections)) {
		test(`${page} ${heading}: ${files.replaceAll(" ", ", ")}`, () => {
			for (const file of files.split(" ")) {
				assert.ok(existsSync(new URL(`./${file}.test.js`, import.meta.url)), file);
			}
		});
	}
}
