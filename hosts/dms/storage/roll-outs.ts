/** How many devices a roll-out is for. */

import type { Database } from "./schema.js";
import type { Tag } from "./schema-updates.js";

/**
 * Of a product's devices that are served, and whose version isn't chosen for them one by one: how
 * many there are of each tag, and of none. Reads all devices of the product.
 */
export async function countTaggedDevices(
	database: Database,
	product: string,
): Promise<{ readonly tag: Tag | null; readonly devices: number }[]> {
	const rows = await database
		.selectFrom("devices")
		.select("tag")
		.select(({ fn }) => fn.countAll().as("devices"))
		.where("product", "=", product)
		.where("pin", "is", null)
		.where("lockedAt", "is", null)
		.groupBy("tag")
		.execute();
	return rows.map(({ tag, devices }) => ({ tag, devices: Number(devices) }));
}
