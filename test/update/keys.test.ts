/** The procedures of hosts/dms/README.md for publishers' keys, played on a device in the field. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { buildImage } from "../../hosts/board/build-image.js";
import { DfuStatus } from "../../src/update/status.js";
import { bundleOf, type Fleet, inFleet, newImage, newVersion } from "./fleet.js";
import {
	type Keys,
	keysOf,
	keyStatement,
	platformKeys,
	productKeys,
	statement,
} from "./publisher.js";

const lamp = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
const nextProduct = keysOf("next product key");
const nextPlatform = keysOf("next platform key");
const imageOf = (version: string): Uint8Array =>
	buildImage({ app: lamp, version, platformKey: nextPlatform.publicKey });

function signedBy(signer: Keys, image: Uint8Array, version: string, sequence: number) {
	const fields = { version, sequence };
	return bundleOf(image, fields, statement(image, fields, signer));
}

async function update({ bundles, terminal }: Fleet, bundle: Fleet["bundles"]["bundle"]) {
	bundles.bundle = bundle;
	terminal.send("dfu_update");
	await terminal.until("[Updated to " + bundle?.version);
}

async function refusal({ bundles, terminal }: Fleet, bundle: Fleet["bundles"]["bundle"]) {
	bundles.bundle = bundle;
	assert.match(await terminal.type("dfu_update"), /Command failed/);
	return Number(await terminal.type("get dfu.status"));
}

for (const generation of [2, 5]) {
	test(`a product's key is replaced: from generation 1 to ${generation}`, async () => {
		await inFleet({}, async (fleet) => {
			const { bundles } = fleet;
			bundles.offeredKey = keyStatement({ generation, key: nextProduct.publicKey });
			// The released image, signed anew, is the one that runs already or a newer one.
			await update(fleet, signedBy(nextProduct, newImage, newVersion, 2));
			// Whoever has the former key signs with numbers as high as he likes.
			const thief = signedBy(productKeys, imageOf("0.9.0.0"), "0.9.0.0", 1_000);
			assert.equal(await refusal(fleet, thief), DfuStatus.ApplicationSignatureInvalid);
			bundles.offeredKey = keyStatement();
			assert.equal(await refusal(fleet, thief), DfuStatus.OlderKey);
		});
	});
}

test("a platform's key is replaced by firmware; the former is good for nothing", async () => {
	await inFleet({}, async (fleet) => {
		const { bundles, terminal } = fleet;
		const next = (signer: Keys) =>
			keyStatement({ generation: 2, key: nextProduct.publicKey }, signer);
		// Before the firmware is there, only the present one is good.
		bundles.offeredKey = next(nextPlatform);
		const early = signedBy(nextProduct, newImage, newVersion, 2);
		assert.equal(await refusal(fleet, early), DfuStatus.ProductKeySignatureInvalid);
		bundles.offeredKey = undefined;
		await update(fleet, signedBy(productKeys, imageOf("0.3.0.0"), "0.3.0.0", 2));
		// The product's key stays pinned; activated anew, it is the restated one that is taken.
		bundles.key = keyStatement({}, nextPlatform);
		assert.doesNotMatch(await terminal.type("dms_activate ACME-LAMP"), /Command failed/);
		await update(fleet, signedBy(productKeys, imageOf("0.4.0.0"), "0.4.0.0", 3));
		bundles.offeredKey = next(platformKeys);
		const late = signedBy(nextProduct, imageOf("0.5.0.0"), "0.5.0.0", 4);
		assert.equal(await refusal(fleet, late), DfuStatus.ProductKeySignatureInvalid);
		bundles.offeredKey = next(nextPlatform);
		await update(fleet, late);
	});
});
