/** The facts that the rules ask for, from the tables. */

import type { DeviceFacts, ProductFacts } from "../rules/rules.js";
import { findProductKey } from "../storage/bundles.js";
import { findProduct } from "../storage/products.js";
import { steppingStonesOf } from "../storage/stepping-stones.js";
import type { Database, DeviceRow, ProductRow } from "../storage/schema.js";

export async function deviceFactsOf(database: Database, device: DeviceRow): Promise<DeviceFacts> {
	const product = device.product === null ? undefined : await findProduct(database, device.product);
	return {
		isAcknowledged: device.state === "provisioned",
		owner: device.owner,
		platform: device.platform,
		product: product && productFactsOf(product),
	};
}

export function productFactsOf(product: ProductRow): ProductFacts {
	return {
		code: product.code,
		platform: product.platform,
		isProduction: product.production === 1,
		isLocked: product.locked === 1,
	};
}

/**
 * The product's key, as its platform's publisher has signed it, for the device to pin. Once the
 * platform's key was followed by another, the device gets it by its first question for updates,
 * which says which of them it has.
 */
export async function keyOf(database: Database, product: string): Promise<{ key?: Uint8Array }> {
	const key = await findProductKey(database, product);
	if (key === undefined || (await steppingStonesOf(database, product)).length > 0) return {};
	return { key: Uint8Array.from(key.statement) };
}
