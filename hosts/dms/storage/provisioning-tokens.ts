/** Provisioning tokens, by the name of their token key. */

import type { Database, ProvisioningTokenRow } from "./schema.js";

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

export async function listProvisioningTokens(database: Database): Promise<ProvisioningTokenRow[]> {
	return database
		.selectFrom("provisioningTokens")
		.selectAll()
		.orderBy("addedAt")
		.orderBy("keyId")
		.execute();
}

export async function insertProvisioningToken(
	database: Database,
	token: ProvisioningTokenRow,
): Promise<void> {
	await database.insertInto("provisioningTokens").values(token).execute();
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

/** Revokes the token whose key's name begins with `id`. */
export async function revokeProvisioningToken(
	database: Database,
	id: string,
	revokedAt: number,
): Promise<void> {
	await database
		.updateTable("provisioningTokens")
		.set({ revokedAt })
		.where("keyId", "like", id + "%")
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
