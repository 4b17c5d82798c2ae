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

const signerColumns = [
	...(["uuid", "keyId", "publicKey", "hardware", "platform"] as const),
	...(["version", "product", "tag", "pin", "lockedAt", "platformKey"] as const),
] as const;

/** What there is to know of a device before it is sure that it was the one who has signed. */
export type Signer = Pick<DeviceRow, (typeof signerColumns)[number]> & { readonly changes: number };

/** The device of a key, and how many changes there were: one question for each signed request. */
export async function findSigner(database: Database, keyId: string): Promise<Signer | undefined> {
	const query = signerQueryOf(database);
	const parameters = query.parameters.map((value) => (value === placeholder ? keyId : value));
	const { rows } = await database.executeQuery<SignerRow>({ ...query, parameters });
	const [row] = rows;
	return row && { ...row, changes: Number(row.changes ?? 0) };
}

type SignerRow = Omit<Signer, "changes"> & { readonly changes: string | null };
type SignerQuery = ReturnType<typeof compileSignerQuery>;

/** To put the same question together anew takes longer than to ask it. */
const signerQueries = new WeakMap<Database, SignerQuery>();

function signerQueryOf(database: Database): SignerQuery {
	let query = signerQueries.get(database);
	if (query === undefined) {
		query = compileSignerQuery(database);
		signerQueries.set(database, query);
	}
	return query;
}

/** Where the key's name goes. */
const placeholder = "";

function compileSignerQuery(database: Database) {
	return database
		.selectFrom("devices")
		.select(signerColumns)
		.select(({ selectFrom }) =>
			selectFrom("settings").select("value").where("name", "=", "changes").as("changes"),
		)
		.where("keyId", "=", placeholder)
		.compile();
}
