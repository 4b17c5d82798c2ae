/** Device certificates that were issued. */

import type { CertificateRow, Database } from "./schema.js";

/** The certificate of a device's key that is good at `time` for the longest. */
export async function findCertificate(
	database: Database,
	keyId: string,
	device: string,
	time: number,
): Promise<CertificateRow | undefined> {
	return database
		.selectFrom("certificates")
		.selectAll()
		.where("device", "=", device)
		.where("keyId", "=", keyId)
		.where("expiresAt", ">", time)
		.orderBy("expiresAt", "desc")
		.executeTakeFirst();
}

export async function certificatesOf(
	database: Database,
	device: string,
): Promise<CertificateRow[]> {
	return database
		.selectFrom("certificates")
		.selectAll()
		.where("device", "=", device)
		.orderBy("issuedAt")
		.execute();
}

export async function insertCertificate(
	database: Database,
	certificate: CertificateRow,
): Promise<void> {
	await database.insertInto("certificates").values(certificate).execute();
}

/** How many a device has got since then. */
export async function countCertificates(
	database: Database,
	device: string,
	since: number,
): Promise<number> {
	const { count } = await database
		.selectFrom("certificates")
		.select(({ fn }) => fn.countAll().as("count"))
		.where("device", "=", device)
		.where("issuedAt", ">", since)
		.executeTakeFirstOrThrow();
	return Number(count);
}
