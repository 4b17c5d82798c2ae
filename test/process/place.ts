/** A folder in which commands run: with a service that has one of everything, or with nothing. */

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage } from "../../hosts/board/build-image.js";
import { makeBundle, encodeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../hosts/dms/publisher/keys.js";
import { openService } from "../../hosts/dms/service.js";
import { createClock } from "../dms/clock.js";
import { provisionReplyOf, sendTo } from "../dms/bench.js";
import { createDevice } from "../dms/protocol-device.js";

/** What words in braces stand for in a case: `{uuid}`. */
export type Names = { readonly [name: string]: string };

export interface Template {
	/** Copies it: whatever a command does there, the next one doesn't see. */
	copy(): string;
	readonly names: Names;
	remove(): void;
}

const product = "ACME-LAMP";
const platform = "board";

/**
 * Users alice and bob; alice's product ACME-LAMP for boards, with its key; versions 0.2.0.0,
 * released, and 0.3.0.0; a device of alice's; a token of each kind. `lamp.image` is of 0.4.0.0.
 */
export async function makeTemplate(): Promise<Template> {
	const folder = mkdtempSync(join(tmpdir(), "opendms-process-"));
	const whole = join(folder, "whole");
	const keys = join(whole, "state", "publisher");
	const data = join(whole, "state", "dms");
	const platformKey = createPlatformKey(keys, platform);
	const { statement } = createProductKey(keys, product, platform, false);
	const service = await openService({ data, addresses: ["dms.example.com:8443"] });
	await service.users.add("alice");
	await service.users.add("bob");
	await service.products.add({ code: product, title: "Lamp", platform, owner: "alice" });
	await service.bundles.addKey(Uint8Array.from(readFileSync(statement)));
	for (const [sequence, version] of ["0.2.0.0", "0.3.0.0", "0.4.0.0"].entries()) {
		const image = buildImage({ version, platformKey });
		const about = { product, platform, version, sequence: sequence + 1, expires: undefined, image };
		const bundle = makeBundle(about, productKeyOf(keys, product));
		if (sequence < 2) await service.bundles.publish(bundle);
		else writeFileSync(join(whole, "lamp.bundle"), encodeBundle(bundle));
		writeFileSync(join(whole, "lamp.image"), image);
	}
	await service.bundles.tag(product, "0.2.0.0", "release");
	const device = createDevice(createClock(Date.now()));
	const { token } = await service.tokens.addProvisioning();
	const send = device.provision(token, {}, { platform });
	const { uuid } = provisionReplyOf(await sendTo(service, send));
	const claim = await service.tokens.addClaim({ user: "alice" });
	for (const draft of [device.acknowledge(), device.claim(claim.token)]) {
		assert.ok((await sendTo(service, draft)).status < 300);
	}
	const open = await service.tokens.addProvisioning();
	await service.close();
	let copies = 0;
	return {
		names: { uuid, id: open.id, token: open.token },
		copy() {
			const copy = join(folder, String(copies++));
			cpSync(whole, copy, { recursive: true });
			return copy;
		},
		remove: () => rmSync(folder, { recursive: true }),
	};
}
