/** Claim and activation tokens, by the digest of their letters, and the devices that used them. */

import { timingSafeEqual } from "node:crypto";
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

export async function listClaimTokens(database: Database): Promise<ClaimTokenRow[]> {
	return database
		.selectFrom("claimTokens")
		.selectAll()
		.orderBy("addedAt")
		.orderBy("digest")
		.execute();
}

export async function insertClaimToken(database: Database, token: ClaimTokenRow): Promise<void> {
	await database.insertInto("claimTokens").values(token).execute();
}

/** Revokes the token whose digest begins with `id`. */
export async function revokeClaimToken(
	database: Database,
	id: string,
	revokedAt: number,
): Promise<void> {
	await database
		.updateTable("claimTokens")
		.set({ revokedAt })
		.where("digest", "like", id + "%")
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
		.where("usesMaximum", ">", ({ selectFrom }) =>
			selectFrom("claimTokenUses")
				.select(({ fn }) => fn.countAll<number>().as("uses"))
				.whereRef("claimTokenUses.digest", "=", "claimTokens.digest"),
		)
		.executeTakeFirst();
	return Number(numUpdatedRows);
}

/** UUIDs of the devices that used a token. */
export async function usersOfClaimToken(database: Database, digest: string): Promise<string[]> {
	const rows = await database
		.selectFrom("claimTokenUses")
		.select("device")
		.where("digest", "=", digest)
		.orderBy("usedAt")
		.orderBy("device")
		.execute();
	return rows.map((row) => row.device);
}

/** A device that used the token before counts once. */
export async function useClaimToken(
	database: Database,
	digest: string,
	device: string,
	usedAt: number,
): Promise<void> {
	await database
		.insertInto("claimTokenUses")
		.values({ digest, device, usedAt })
		.onConflict((conflict) => conflict.columns(["digest", "device"]).doNothing())
		.execute();
}
