/**
 * Opens the database of either engine: SQLite in a file or in memory, or PostgreSQL.
 *
 * What the two do differently is behind their dialects of Kysely, so that a query is written once.
 * A transaction of either holds the database's one write lock from beginning to end: what it reads,
 * nobody changes before it has committed. So everything that changes the database is right for any
 * number of processes as it is for one.
 */

import { closeSync, openSync } from "node:fs";
import { DEFAULT_MIGRATION_TABLE, Kysely, Migrator, sql } from "kysely";
import { OperatorError } from "../operator-error.js";
import { migrations } from "./migrations.js";
import { lockWaitDefaultMilliseconds, waitingForLock } from "./lock-wait.js";
import { isPostgresUrl, postgresDialect, type PostgresUrl } from "./postgres.js";
import { postgresTypes } from "./postgres-types.js";
import type { Database, Schema } from "./schema.js";
import { readSetting } from "./settings.js";
import { NodeSqliteDialect, sqliteDialect } from "./sqlite.js";

/** The location of a database that is nowhere but in memory. */
export const memory = ":memory:";

/** The database's name in a data folder. */
export const databaseFile = "opendms.db";

/** Only its owner reads it. SQLite gives the files beside it the same mode. */
const databaseMode = 0o600;

/** Nobody is served yet, and another process may have many rows to migrate. */
const openWaitMilliseconds = 30_000;

/**
 * Opens the database at `location`, a file's path, `memory` or the URL of a PostgreSQL database,
 * and brings its tables up to date. Any number of processes may have it open, and a commit is on
 * the disk before it is answered. On PostgreSQL who waits for the write lock fails as busy after
 * `lockWait` milliseconds; on SQLite all who wait are in the writer.
 */
export async function openDatabase(
	location: string,
	lockWait = lockWaitDefaultMilliseconds,
): Promise<Database> {
	const isPostgres = isPostgresUrl(location);
	if (!isPostgres && location !== memory) createDatabaseFile(location);
	const dialect = isPostgres ? postgresDialect(location, lockWait) : sqliteDialect(location);
	const database = new Kysely<Schema>({ dialect });
	try {
		const migrated = isPostgres ? database.withPlugin(postgresTypes()) : database;
		if (isPostgres) await requireUtf8(database);
		const sqlite = dialect instanceof NodeSqliteDialect ? dialect : undefined;
		await waitingForLock(openWaitMilliseconds, () => migrate(migrated, sqlite));
	} catch (error) {
		await database.destroy();
		throw error;
	}
	return database;
}

/** Makes the file, empty, when it isn't there. */
export function createDatabaseFile(path: string): void {
	closeSync(openSync(path, "a", databaseMode));
}

/** Whether a service is in the database; nothing is made. */
export async function isMade(location: PostgresUrl): Promise<boolean> {
	const dialect = postgresDialect(location, openWaitMilliseconds);
	const database = new Kysely<Schema>({ dialect });
	try {
		return (
			(await hasMigrations(database)) && (await readSetting(database, "authority")) !== undefined
		);
	} finally {
		await database.destroy();
	}
}

/** What people and devices call things has any letter in it. */
async function requireUtf8(database: Database): Promise<void> {
	const { rows } = await sql<{ encoding: string }>`
		select current_setting('server_encoding') as encoding`.execute(database);
	const encoding = rows[0]?.encoding;
	if (encoding === "UTF8") return;
	const message = `The database's encoding is ${encoding}, which has not every letter. `;
	const way = "Make another one: createdb --encoding UTF8 --template template0";
	throw new OperatorError("database", message + way);
}

/** To migrate takes the write lock: where nothing is to be done, nobody is waited for. */
async function migrate(database: Database, sqlite?: NodeSqliteDialect): Promise<void> {
	if (await isMigrated(database)) return;
	if (sqlite?.makeTables()) return;
	await requireKnown(database);
	const { error } = await new Migrator({ db: database, provider: migrations }).migrateToLatest();
	if (error !== undefined) throw error;
	sqlite?.learnTables();
}

async function isMigrated(database: Database): Promise<boolean> {
	if (!(await hasMigrations(database))) return false;
	const wanted = Object.keys(await migrations.getMigrations());
	return (await migrationsIn(database)).join() === wanted.join();
}

async function migrationsIn(database: Database): Promise<string[]> {
	const done = await sql<{ name: string }>`select "name" from ${sql.table(DEFAULT_MIGRATION_TABLE)}
		order by "name"`.execute(database);
	return done.rows.map(({ name }) => name);
}

/** What a later release has made of the tables, nobody here knows. */
async function requireKnown(database: Database): Promise<void> {
	if (!(await hasMigrations(database))) return;
	const known = await migrations.getMigrations();
	const done = await migrationsIn(database);
	if (done.every((name) => Object.hasOwn(known, name))) return;
	throw new OperatorError(
		"database",
		"The database is of a later release of opendms than this one. Run that one, or restore the " +
			"backup from before it: opendms restore --help",
	);
}

async function hasMigrations(database: Database): Promise<boolean> {
	const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
	return tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE);
}
