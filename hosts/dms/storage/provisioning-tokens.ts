/** Provisioning tokens, by the name of their token key. */

import type { Page } from "./pages.js";
import type { Database, ProvisioningTokenRow } from "./schema.js";

const keysOfStatement = 500;

export async function findProvisioningToken(
	database: Database,
	keyId: string,
): Promise<ProvisioningTokenRow | undefined> {
	return database
		.selectFrom("provisioningTokens")
		.selectAll()
		.where("keyId", "=", keyId)
		.executeTakeFirst();
}

/** In the order of their names. */
export async function listProvisioningTokens(
	database: Database,
	{ after, limit }: Page<string>,
): Promise<ProvisioningTokenRow[]> {
	return database
		.selectFrom("provisioningTokens")
		.selectAll()
		.$if(after !== undefined, (query) => query.where("keyId", ">", after ?? ""))
		.orderBy("keyId")
		.limit(limit)
		.execute();
}

/** The token whose key's name begins with `id`. */
export async function findProvisioningTokenOf(
	database: Database,
	id: string,
): Promise<ProvisioningTokenRow | undefined> {
	const [row] = await database
		.selectFrom("provisioningTokens")
		.selectAll()
		.where("keyId", ">=", id)
		.orderBy("keyId")
		.limit(1)
		.execute();
	return row?.keyId.startsWith(id) ? row : undefined;
}

export async function insertProvisioningToken(
	database: Database,
	token: ProvisioningTokenRow,
): Promise<void> {
	await database.insertInto("provisioningTokens").values(token).execute();
}

/** At most some hundred: a statement has no room for more. */
export async function insertProvisioningTokens(
	database: Database,
	tokens: readonly ProvisioningTokenRow[],
): Promise<void> {
	await database
		.insertInto("provisioningTokens")
		.values([...tokens])
		.execute();
}

/** Makes tokens good that were made void. */
export async function openProvisioningTokens(
	database: Database,
	keyIds: readonly string[],
): Promise<void> {
	for (let start = 0; start < keyIds.length; start += keysOfStatement) {
		await database
			.updateTable("provisioningTokens")
			.set({ revokedAt: null })
			.where("keyId", "in", keyIds.slice(start, start + keysOfStatement))
			.execute();
	}
}

/** At most some hundred. */
export async function deleteProvisioningTokens(
	database: Database,
	keyIds: readonly string[],
): Promise<void> {
	await database
		.deleteFrom("provisioningTokens")
		.where("keyId", "in", [...keyIds])
		.execute();
}

/** From now on the token is good for this device key only. */
export async function bindProvisioningToken(
	database: Database,
	keyId: string,
	deviceKeyId: string,
): Promise<void> {
	await database
		.updateTable("provisioningTokens")
		.set({ deviceKeyId })
		.where("keyId", "=", keyId)
		.execute();
}

export async function revokeProvisioningToken(
	database: Database,
	keyId: string,
	revokedAt: number,
): Promise<void> {
	await database
		.updateTable("provisioningTokens")
		.set({ revokedAt })
		.where("keyId", "=", keyId)
		.execute();
}

/** Revokes all tokens that are bound to no device; returns how many. */
export async function revokeUnspentProvisioningTokens(
	database: Database,
	revokedAt: number,
): Promise<number> {
	const { numUpdatedRows } = await database
		.updateTable("provisioningTokens")
		.set({ revokedAt })
		.where("deviceKeyId", "is", null)
		.where("revokedAt", "is", null)
		.executeTakeFirst();
	return Number(numUpdatedRows);
}
