/** Backups of a PostgreSQL database: a data folder, as the backup of one is. */

import { sourceOf } from "../byte-source.js";
import { join } from "node:path";
import { sql } from "kysely";
import { credentialFiles } from "../authority/key-folder.js";
import { credentialRow } from "../authority/key-table.js";
import type { Core } from "../core.js";
import { copyRows } from "../storage/copy.js";
import { databaseFile, openDatabase } from "../storage/database.js";
import { imageFolder } from "../storage/images.js";
import type { Database } from "../storage/schema.js";
import { createWriter } from "../storage/writer.js";

/** Writes all that a PostgreSQL database has, as it is at one moment, as files into a folder. */
export async function exportTo(
	folder: string,
	{ database, images }: Pick<Core, "database" | "images">,
): Promise<void> {
	const copy = await openDatabase(join(folder, databaseFile));
	try {
		await database.connection().execute(async (snapshot) => {
			await sql`begin isolation level repeatable read read only`.execute(snapshot);
			await createWriter(copy).write((transaction) => copyRows(snapshot, transaction));
			for (const { digest, length } of await snapshot.selectFrom("images").selectAll().execute()) {
				await imageFolder(folder).put(digest, sourceOf(await images.read(digest, 0, length)));
			}
			await writeKeys(snapshot, folder);
			await sql`commit`.execute(snapshot);
		});
	} finally {
		await copy.destroy();
	}
}

async function writeKeys(database: Database, folder: string): Promise<void> {
	const [authority, server] = [credentialRow("ca"), credentialRow("server")];
	const [credential, certificate] = [
		await authority.read(database),
		await authority.readCertificate(database),
	];
	const files = credentialFiles(folder, "ca");
	if (credential !== undefined) await files.write(database, credential);
	else if (certificate !== undefined) await files.writeCertificate({ certificate });
	const own = await server.read(database);
	const chain = certificate === undefined ? [] : [certificate];
	if (own !== undefined) await credentialFiles(folder, "server", chain).write(database, own);
}
