/** Puts the backup of a service, of either engine, into a PostgreSQL database. */

import { sourceOf } from "../byte-source.js";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { inTemporaryFolder } from "../../command/temporary-folder.js";
import { credentialFiles } from "../authority/key-folder.js";
import { credentialRow } from "../authority/key-table.js";
import { OperatorError } from "../operator-error.js";
import { copyRows } from "../storage/copy.js";
import { databaseFile, openDatabase } from "../storage/database.js";
import { imagesFolder, insertImage } from "../storage/images.js";
import type { PostgresUrl } from "../storage/postgres.js";
import type { Database } from "../storage/schema.js";
import { readSetting } from "../storage/settings.js";
import { createWriter } from "../storage/writer.js";
import { type Restored, restoreBackup } from "./backup.js";

/** All of it or nothing, into a database in which no service is yet. */
export async function restoreInto(
	url: PostgresUrl,
	backup: string,
	time: number,
): Promise<Restored> {
	const database = await openDatabase(url);
	try {
		// Restored to a folder first: what has to be checked and voided is the same.
		return await inTemporaryFolder(async (folder) => {
			const data = join(folder, "dms");
			const restored = await restoreBackup(backup, data, time);
			await createWriter(database).write((transaction) => fill(transaction, data));
			return restored;
		});
	} finally {
		await database.destroy();
	}
}

async function fill(database: Database, data: string): Promise<void> {
	if ((await readSetting(database, "authority")) !== undefined) {
		const message = "There is a service in the database already. Choose an empty one.";
		throw new OperatorError("backup", message);
	}
	const from = await openDatabase(join(data, databaseFile));
	try {
		await copyRows(from, database);
		for (const name of ["ca", "server"] as const) {
			const credential = await credentialFiles(data, name).read(from);
			const certificate = await credentialFiles(data, name).readCertificate(from);
			if (credential !== undefined) await credentialRow(name).write(database, credential);
			else if (certificate) await credentialRow(name).writeCertificate(database, { certificate });
		}
	} finally {
		await from.destroy();
	}
	const images = join(data, imagesFolder);
	for (const digest of existsSync(images) ? readdirSync(images) : []) {
		await insertImage(database, digest, sourceOf(readFileSync(join(images, digest))));
	}
	// Rows came with their numbers: the next one is behind them.
	await sql`select setval(pg_get_serial_sequence('audit', 'id'),
		(select coalesce(max("id"), 0) + 1 from "audit"), false)`.execute(database);
}
