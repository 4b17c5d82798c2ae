/** Certificates that were revoked, and the lists that say so. */

import type { RevocationReason } from "../authority/revocation-list.js";
import type { Database } from "./schema.js";
import type { RevocationListRow, RevokedCertificateRow } from "./schema-revocation.js";

/**
 * Revokes the certificates of a device that have not ended, all of them or those of one key; those
 * that are revoked stay so.
 */
export async function revokeCertificates(
	database: Database,
	device: string,
	reason: RevocationReason,
	time: number,
	keyId?: string,
): Promise<void> {
	const all = database
		.selectFrom("certificates")
		.select(["serial", "device", "authority", "expiresAt"])
		.where("device", "=", device)
		.where("expiresAt", ">", time);
	const rows = await (keyId === undefined ? all : all.where("keyId", "=", keyId)).execute();
	for (const row of rows) {
		await database
			.insertInto("revokedCertificates")
			.values({ ...row, reason, revokedAt: time })
			.onConflict((conflict) => conflict.column("serial").doNothing())
			.execute();
	}
}

/** Those of a CA, in the order in which they were revoked. `null` is the first CA's mark. */
export async function revokedBy(
	database: Database,
	authority: string,
): Promise<RevokedCertificateRow[]> {
	return database
		.selectFrom("revokedCertificates")
		.selectAll()
		.where(({ eb, or }) => or([eb("authority", "=", authority), eb("authority", "is", null)]))
		.orderBy("revokedAt")
		.orderBy("serial")
		.execute();
}

/** Forgets those that ended before `time`: they are good nowhere. */
export async function forgetEnded(database: Database, time: number): Promise<void> {
	await database.deleteFrom("revokedCertificates").where("expiresAt", "<", time).execute();
}

export async function findRevocationList(
	database: Database,
	authority: string,
): Promise<RevocationListRow | undefined> {
	const rows = database.selectFrom("revocationLists").selectAll();
	return rows.where("authority", "=", authority).executeTakeFirst();
}

export async function writeRevocationList(
	database: Database,
	row: RevocationListRow,
): Promise<void> {
	const { authority: _, ...changes } = row;
	await database
		.insertInto("revocationLists")
		.values(row)
		.onConflict((conflict) => conflict.column("authority").doUpdateSet(changes))
		.execute();
}
