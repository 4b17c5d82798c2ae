/** Opens the database: one SQLite file, or memory. */

import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "@photostructure/sqlite";
import { Kysely, Migrator } from "kysely";
import { migrations } from "./migrations.js";
import type { Database, Schema } from "./schema.js";
import { NodeSqliteDialect } from "./sqlite.js";

/** The location of a database that is nowhere but in memory. */
export const memory = ":memory:";

/** The database's name in a data folder. */
export const databaseFile = "opendms.db";

/** Only its owner reads it. SQLite gives the files beside it the same mode. */
const databaseMode = 0o600;

/** While it is opened, which takes another process some milliseconds too. */
const busyTimeoutMilliseconds = 2_000;

/**
 * Opens the database at `location` and brings its tables up to date.
 *
 * Any number of processes may have it open: WAL lets them read while one writes, and a commit is on
 * the disk before it is answered (`synchronous`).
 */
export async function openDatabase(location: string): Promise<Database> {
	if (location !== memory) createDatabaseFile(location);
	const connection = new DatabaseSync(location, { timeout: busyTimeoutMilliseconds });
	connection.exec("pragma foreign_keys = on");
	if (location !== memory) {
		connection.exec("pragma journal_mode = wal");
		connection.exec("pragma synchronous = full");
	}
	const database = new Kysely<Schema>({ dialect: new NodeSqliteDialect(connection) });
	const { error } = await new Migrator({ db: database, provider: migrations }).migrateToLatest();
	if (error !== undefined) {
		await database.destroy();
		throw error;
	}
	// SQLite would sleep, and all requests with it: from here on who waits is the writer.
	connection.exec("pragma busy_timeout = 0");
	return database;
}

/** Makes the file, empty, when it isn't there. */
export function createDatabaseFile(path: string): void {
	closeSync(openSync(path, "a", databaseMode));
}
