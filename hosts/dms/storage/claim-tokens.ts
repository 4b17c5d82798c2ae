/** Claim and activation tokens, by the digest of their letters, and the devices that used them. */

import { timingSafeEqual } from "node:crypto";
import type { Page } from "./pages.js";
import type { ClaimTokenRow, Database } from "./schema.js";

export async function findClaimToken(
	database: Database,
	digest: string,
): Promise<ClaimTokenRow | undefined> {
	const row = await database
		.selectFrom("claimTokens")
		.selectAll()
		.where("digest", "=", digest)
		.executeTakeFirst();
	// How the database compares is its own affair; that it was right is checked in constant time.
	const isSame = row !== undefined && timingSafeEqual(Buffer.from(row.digest), Buffer.from(digest));
	return isSame ? row : undefined;
}

/** In the order of their digests. */
export async function listClaimTokens(
	database: Database,
	{ after, limit }: Page<string>,
): Promise<ClaimTokenRow[]> {
	return database
		.selectFrom("claimTokens")
		.selectAll()
		.$if(after !== undefined, (query) => query.where("digest", ">", after ?? ""))
		.orderBy("digest")
		.limit(limit)
		.execute();
}

/** The token whose digest begins with `id`. */
export async function findClaimTokenOf(
	database: Database,
	id: string,
): Promise<ClaimTokenRow | undefined> {
	const [row] = await database
		.selectFrom("claimTokens")
		.selectAll()
		.where("digest", ">=", id)
		.orderBy("digest")
		.limit(1)
		.execute();
	return row?.digest.startsWith(id) ? row : undefined;
}

export async function insertClaimToken(database: Database, token: ClaimTokenRow): Promise<void> {
	await database.insertInto("claimTokens").values(token).execute();
}

export async function revokeClaimToken(
	database: Database,
	digest: string,
	revokedAt: number,
): Promise<void> {
	await database
		.updateTable("claimTokens")
		.set({ revokedAt })
		.where("digest", "=", digest)
		.execute();
}

/** Revokes all tokens that have uses left; returns how many. */
export async function revokeUnspentClaimTokens(
	database: Database,
	revokedAt: number,
): Promise<number> {
	const { numUpdatedRows } = await database
		.updateTable("claimTokens")
		.set({ revokedAt })
		.where("revokedAt", "is", null)
		.whereRef("uses", "<", "usesMaximum")
		.executeTakeFirst();
	return Number(numUpdatedRows);
}

export async function isClaimTokenUsedBy(
	database: Database,
	digest: string,
	device: string,
): Promise<boolean> {
	const row = await database
		.selectFrom("claimTokenUses")
		.select("device")
		.where("digest", "=", digest)
		.where("device", "=", device)
		.executeTakeFirst();
	return row !== undefined;
}

/** A device that used the token before counts once. */
export async function useClaimToken(
	database: Database,
	digest: string,
	device: string,
	usedAt: number,
): Promise<void> {
	const { numInsertedOrUpdatedRows = 0n } = await database
		.insertInto("claimTokenUses")
		.values({ digest, device, usedAt })
		.onConflict((conflict) => conflict.columns(["digest", "device"]).doNothing())
		.executeTakeFirst();
	if (numInsertedOrUpdatedRows === 0n) return;
	await database
		.updateTable("claimTokens")
		.set(({ eb }) => ({ uses: eb("uses", "+", 1) }))
		.where("digest", "=", digest)
		.execute();
}
