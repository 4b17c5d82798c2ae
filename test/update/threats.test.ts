/**
 * The threats of RFC 9124, section 4.2, that apply: one test each, against a whole device. Who
 * attacks has the service with all its data and keys, and stands in the way; only the publisher's
 * keys are not theirs. PROTOCOL.md says what meets each.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { DfuStatus } from "../../src/update/status.js";
import type { Bundle } from "./bundle-service.js";
import { Field, type Run } from "./field.js";
import { bundleOf, newImage, newVersion, oldImage, oldVersion } from "./fleet.js";
import { keysOf, keyStatement, statement } from "./publisher.js";

const page = readFileSync(new URL("../../../PROTOCOL.md", import.meta.url), "utf8");
const field = await Field.open();
after(() => field.close());

/** In seconds since 1970: before any run. */
const longAgo = 1_000_000_000;
const thief = keysOf("thief");

/** What the attacker does to a device that is on, and all that may come of it. */
type Attack = (run: Run) => Promise<void>;

/** Has the device look for an update: it refuses, and goes on with the image that it has. */
async function refuses(run: Run, bundle: Bundle, status: DfuStatus): Promise<void> {
	const { board, bundles, terminal } = run;
	const { boots } = board;
	bundles.bundle = bundle;
	const version = await terminal.type("version");
	assert.match(await terminal.type("dfu_update"), /^Command failed/m);
	assert.equal(await terminal.type("get dfu.status"), String(status));
	assert.equal(board.boots, boots, "nothing was started");
	assert.equal(await terminal.type("version"), version);
}

async function updates(run: Run, bundle: Bundle): Promise<void> {
	run.bundles.bundle = bundle;
	run.terminal.send("dfu_update");
	await run.terminal.until("[Updated to " + bundle.version);
}

const flipped = Uint8Array.from(newImage);
flipped[newImage.length - 1] = (newImage.at(-1) ?? 0) ^ 1;
const longer = Buffer.concat([newImage, Buffer.alloc(4096)]);
const downgrade = { version: oldVersion, sequence: 1 };

/** Answers with what the attacker has instead of the image, as if it were that. */
function answersWith({ bundles }: Run, body: Uint8Array): void {
	const headers = { "content-range": "bytes 0-" + (body.length - 1) + "/" + body.length };
	bundles.imageFault = () => new Response(Uint8Array.from(body), { status: 206, headers });
}

const attacks: Readonly<Record<string, Attack>> = {
	"IMG.EXPIRED": async (run) => {
		await updates(run, bundleOf(newImage, { sequence: 2, floor: newVersion }));
		await refuses(run, bundleOf(oldImage, downgrade), DfuStatus.OlderSequence);
		const resigned = bundleOf(oldImage, { ...downgrade, sequence: 3 });
		await refuses(run, resigned, DfuStatus.BelowFloor);
	},
	"IMG.EXPIRED.OFFLINE": (run) =>
		refuses(run, bundleOf(newImage, { expires: longAgo }), DfuStatus.Expired),
	"IMG.INCOMPATIBLE": async (run) => {
		await refuses(run, bundleOf(newImage, { product: "ACME-HEATER" }), DfuStatus.WrongProduct);
		await refuses(run, bundleOf(newImage, { platform: "esp32" }), DfuStatus.WrongPlatform);
	},
	"IMG.FORMAT": (run) => refuses(run, bundleOf(new Uint8Array(8192)), DfuStatus.ArmRefused),
	"IMG.LOCATION": async (run) => {
		const running = Buffer.from(run.state.read("ota_0.bin") ?? []);
		await updates(run, bundleOf(newImage));
		assert.ok(running.equals(run.state.read("ota_0.bin") ?? Buffer.alloc(0)), "it was not touched");
	},
	"NET.REDIRECT": async (run) => {
		const headers = { location: "https://elsewhere.test/image" };
		run.bundles.imageFault = () => new Response(null, { status: 302, headers });
		await refuses(run, bundleOf(newImage), DfuStatus.BadImageReply);
	},
	"NET.ONPATH": async (run) => {
		const changed = statement(newImage);
		changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
		const status = DfuStatus.ApplicationSignatureInvalid;
		await refuses(run, bundleOf(newImage, {}, changed), status);
	},
	"IMG.REPLACE": async (run) => {
		answersWith(run, flipped);
		await refuses(run, bundleOf(newImage), DfuStatus.ApplicationFileInvalid);
	},
	"IMG.NON_AUTH": async (run) => {
		const status = DfuStatus.ApplicationSignatureInvalid;
		await refuses(run, bundleOf(newImage, {}, statement(newImage, {}, thief)), status);
	},
	"UPD.UNAPPROVED": async (run) => {
		run.bundles.offeredKey = keyStatement({ generation: 2, key: thief.publicKey }, thief);
		const signed = statement(newImage, {}, thief);
		await refuses(run, bundleOf(newImage, {}, signed), DfuStatus.ProductKeySignatureInvalid);
	},
	"MFST.OVERRIDE": async (run) => {
		await updates(run, bundleOf(newImage, { sequence: 2 }));
		const lie = { ...bundleOf(oldImage, downgrade), version: "9.9.9.9" };
		await refuses(run, lie, DfuStatus.OlderSequence);
	},
	"IMG.EXTRA": async (run) => {
		answersWith(run, longer);
		await refuses(run, bundleOf(newImage), DfuStatus.BadImageReply);
		const written = run.state.read("ota_1.bin") ?? new Uint8Array(0);
		assert.ok(
			!Buffer.from(written).includes(Buffer.from(newImage.subarray(0, 64))),
			"nothing was taken",
		);
	},
	"KEY.EXPOSURE": async (run) => {
		const next = keysOf("next product key");
		run.bundles.offeredKey = keyStatement({ generation: 2, key: next.publicKey });
		await updates(run, bundleOf(newImage, {}, statement(newImage, {}, next)));
		run.bundles.offeredKey = undefined;
		const stolen = bundleOf(oldImage, { version: "9.0.0.0", sequence: 9 });
		await refuses(run, stolen, DfuStatus.ApplicationSignatureInvalid);
	},
	"MFST.MODIFICATION": async (run) => {
		const changed = statement(newImage);
		const body = Buffer.from(changed);
		changed.set(Buffer.from("9.2.0.0"), body.indexOf("0.2.0.0"));
		const status = DfuStatus.ApplicationSignatureInvalid;
		await refuses(run, bundleOf(newImage, {}, changed), status);
	},
	"MFST.TOCTOU": async (run) => {
		run.bundles.onImage = () => {
			run.bundles.bundle = bundleOf(oldImage, { version: newVersion, sequence: 1 });
		};
		answersWith(run, newImage);
		run.bundles.bundle = bundleOf(newImage);
		run.terminal.send("dfu_update");
		await run.terminal.until("[Updated to " + newVersion);
		const held = Buffer.from(run.state.read("ota_1.bin") ?? []).subarray(0, newImage.length);
		assert.ok(held.equals(newImage), "what runs is what the statement was about");
	},
};

for (const [threat, attack] of Object.entries(attacks)) {
	test("an attacker gets nowhere by " + threat, async () => {
		await field.run({ processor: "v8" }, async (run) => {
			await run.terminal.powerOn();
			await attack(run);
			assert.equal(await run.terminal.type("get dms.provision.status"), "3");
		});
	});
}

test("PROTOCOL.md names these threats, and why the others don't apply", () => {
	const [, rows = ""] = /### Threats\n[^]*?\n\| --- \| --- \|\n([^]*?)\n\n/.exec(page) ?? [];
	const named = [...rows.matchAll(/^\| (.*?) \| (.*) \|$/gm)].flatMap(([, names = "", met = ""]) =>
		names.split(", ").map((name) => ({ name, isMet: !/^(not met|whole images only)/.test(met) })),
	);
	const applying = named.filter(({ isMet }) => isMet).map(({ name }) => name);
	assert.deepEqual(applying.sort(), Object.keys(attacks).sort());
	assert.equal(named.length, 18, "the RFC has 18");
});
