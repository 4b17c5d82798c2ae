/** Stepping stones: what leads devices over to the next key of their platform. */

import type { Database } from "./schema.js";
import type { BundleRow } from "./schema-updates.js";
import type { SteppingStoneRow } from "./schema-stepping-stones.js";

/** All of a product, the oldest first. */
export async function steppingStonesOf(
	database: Database,
	product: string,
): Promise<SteppingStoneRow[]> {
	return database
		.selectFrom("steppingStones")
		.selectAll()
		.where("product", "=", product)
		.orderBy("ordinal")
		.execute();
}

export async function insertSteppingStone(
	database: Database,
	row: SteppingStoneRow,
): Promise<void> {
	await database.insertInto("steppingStones").values(row).execute();
}

export async function removeSteppingStone(
	database: Database,
	id: string,
	removedAt: number,
): Promise<void> {
	await database.updateTable("steppingStones").set({ removedAt }).where("id", "=", id).execute();
}

/** The bundle of a stepping stone that is given out, with the statement that is held of it. */
export async function findSteppingStoneBundle(
	database: Database,
	id: string,
): Promise<BundleRow | undefined> {
	const stone = await database
		.selectFrom("steppingStones")
		.select(["bundle", "statement"])
		.where("id", "=", id)
		.where("removedAt", "is", null)
		.executeTakeFirst();
	if (!stone?.bundle || !stone.statement) return undefined;
	const bundle = await database
		.selectFrom("bundles")
		.selectAll()
		.where("id", "=", stone.bundle)
		.executeTakeFirst();
	return bundle && { ...bundle, statement: stone.statement };
}

/** How many devices of a product run what, with which key of their platform as far as is known. */
export async function countByFirmware(
	database: Database,
	product: string,
): Promise<{ version: string; platformKey: string | null; devices: number }[]> {
	const rows = await database
		.selectFrom("devices")
		.select(["version", "platformKey"])
		.select(({ fn }) => fn.countAll<number>().as("devices"))
		.where("product", "=", product)
		.groupBy(["version", "platformKey"])
		.execute();
	return rows.map((row) => ({ ...row, devices: Number(row.devices) }));
}
