/**
 * A number that counts up with each change of an operator, and with each roll-out that stops: what
 * was read before, by any process, is good as long as it stays.
 */

import { sql } from "kysely";
import type { Database, DeviceRow } from "./schema.js";

/** To be called in the transaction of the change. */
export async function countChange(database: Database): Promise<void> {
	await database
		.insertInto("settings")
		.values({ name: "changes", value: "1" })
		.onConflict((conflict) =>
			conflict.column("name").doUpdateSet({
				value: sql<string>`cast(cast("settings"."value" as integer) + 1 as text)`,
			}),
		)
		.execute();
}

export type Signer = DeviceRow & { readonly changes: number };

/** The device of a key, and how many changes there were: one question for each signed request. */
export async function findSigner(database: Database, keyId: string): Promise<Signer | undefined> {
	const row = await database
		.selectFrom("devices")
		.selectAll("devices")
		.select(({ selectFrom }) =>
			selectFrom("settings").select("value").where("name", "=", "changes").as("changes"),
		)
		.where("keyId", "=", keyId)
		.executeTakeFirst();
	return row && { ...row, changes: Number(row.changes ?? 0) };
}
