/** A publisher at work: keys in a folder of the test's, bundles made with them. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Bundle } from "../../hosts/dms/administration/bundles.js";
import { type BundleOptions, encodeBundle, makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	platformKeyOf,
	productKeyOf,
	restateProductKey,
} from "../../hosts/dms/publisher/keys.js";
import { platformKeyName } from "../../src/protocol/update.js";
import { sha256 } from "../../hosts/dms/digest.js";
import type { Service } from "../../hosts/dms/service.js";

export const product = "ACME-LAMP";
export const platform = "esp32";

export interface Publisher {
	/** Makes the product's key, or the next one, and tells the service. */
	addKey(isReplacement?: boolean): Promise<void>;
	/** Makes the product's key, or the next one; its statement. The service isn't told. */
	keyStatement(isReplacement?: boolean): Uint8Array;
	/** Makes another key of the platform; resolves with the statement of the product's by that. */
	restate(): Uint8Array;
	/** How a device names the key that the platform has now. */
	platformKeyName(): Uint8Array;
	/** Signs an image: the file of both. */
	bundleFile(version: string, sequence: number): Uint8Array;
	/** Signs an image and gives both to the service. */
	publish(version: string, sequence: number, changes?: Partial<BundleOptions>): Promise<Bundle>;
	/** Gives the service another image than the one it has signed. */
	publishSwapped(version: string, sequence: number): Promise<Bundle>;
}

export function createPublisher(context: TestContext, service: Service): Publisher {
	const keys = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(keys, { recursive: true }));
	createPlatformKey(keys, platform);
	return {
		async addKey(isReplacement = false) {
			const { statement } = createProductKey(keys, product, platform, isReplacement);
			await service.bundles.addKey(Uint8Array.from(readFileSync(statement)));
		},
		keyStatement(isReplacement = false) {
			const { statement } = createProductKey(keys, product, platform, isReplacement);
			return Uint8Array.from(readFileSync(statement));
		},
		restate() {
			rmSync(join(keys, `platform-${platform}.key`));
			createPlatformKey(keys, platform);
			return Uint8Array.from(readFileSync(restateProductKey(keys, product, platform).statement));
		},
		platformKeyName: () => platformKeyName(platformKeyOf(keys, platform), { sha256 }),
		bundleFile(version, sequence) {
			const options = { product, platform, version, sequence, image: imageOf(version) };
			return encodeBundle(makeBundle(options, productKeyOf(keys, product)));
		},
		async publish(version, sequence, changes = {}) {
			const image = imageOf(version);
			const options = { product, platform, version, sequence, image, ...changes };
			return service.bundles.publish(makeBundle(options, productKeyOf(keys, product)));
		},
		async publishSwapped(version, sequence) {
			const options = { product, platform, version, sequence, image: imageOf(version) };
			const { statement } = makeBundle(options, productKeyOf(keys, product));
			return service.bundles.publish({ statement, image: imageOf("swap") });
		},
	};
}

/** Some bytes, other ones for each version. */
export function imageOf(version: string, length = 10_000): Uint8Array {
	const text = (version + " ").repeat(Math.ceil(length / (version.length + 1)));
	return Uint8Array.from(Buffer.from(text.slice(0, length)));
}
