/** The facts that the rules ask for, from the tables. */

import type { DeviceFacts, ProductFacts } from "../rules/rules.js";
import { findProduct } from "../storage/products.js";
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
