/** Opens the database: one SQLite file, or memory. */

import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import { DEFAULT_MIGRATION_TABLE, Kysely, Migrator, sql } from "kysely";
import { migrations } from "./migrations.js";
import { patiently } from "./patience.js";
import type { Database, Schema } from "./schema.js";
import { NodeSqliteDialect } from "./sqlite.js";

/** The location of a database that is nowhere but in memory. */
export const memory = ":memory:";

/** The database's name in a data folder. */
export const databaseFile = "opendms.db";

/** Only its owner reads it. SQLite gives the files beside it the same mode. */
const databaseMode = 0o600;

/** Nobody is served yet, and another process may have many rows to migrate. */
const openPatienceMilliseconds = 30_000;

/**
 * Opens the database at `location` and brings its tables up to date; waits for
 * another process that has it locked.
 *
 * Any number of processes may have it open: WAL lets them read while one writes, and a commit is on
 * the disk before it is answered (`synchronous`).
 */
export async function openDatabase(location: string): Promise<Database> {
	if (location !== memory) createDatabaseFile(location);
	// SQLite would sleep while it waits, and all requests with it.
	const connection = new DatabaseSync(location, { timeout: 0 });
	const database = new Kysely<Schema>({ dialect: new NodeSqliteDialect(connection) });
	try {
		await patiently(openPatienceMilliseconds, async () => {
			connection.exec("pragma foreign_keys = on");
			if (location !== memory) {
				connection.exec("pragma journal_mode = wal");
				connection.exec("pragma synchronous = full");
			}
			await migrate(database);
		});
	} catch (error) {
		await database.destroy();
		throw error;
	}
	return database;
}

/** To migrate takes the write lock: where nothing is to be done, nobody is waited for. */
async function migrate(database: Database): Promise<void> {
	if (await isMigrated(database)) return;
	const { error } = await new Migrator({ db: database, provider: migrations }).migrateToLatest();
	if (error !== undefined) throw error;
}

async function isMigrated(database: Database): Promise<boolean> {
	const wanted = Object.keys(await migrations.getMigrations());
	const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
	if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return false;
	const done = await sql<{ name: string }>`select "name" from ${sql.table(DEFAULT_MIGRATION_TABLE)}
		order by "name"`.execute(database);
	return done.rows.map(({ name }) => name).join() === wanted.join();
}

/** Makes the file, empty, when it isn't there. */
export function createDatabaseFile(path: string): void {
	closeSync(openSync(path, "a", databaseMode));
}
