/** Device certificates that were issued. */

import type { CertificateRow, Database } from "./schema.js";

/** The certificate of a device that is good at `time` for the longest. */
export async function findCertificate(
	database: Database,
	device: string,
	time: number,
): Promise<CertificateRow | undefined> {
	return database
		.selectFrom("certificates")
		.selectAll()
		.where("device", "=", device)
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
