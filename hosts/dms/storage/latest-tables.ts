/**
 * What all migrations make of an empty SQLite database, as one script. Who has migrated one in this
 * process needs a tenth of the time for the next: tests open thousands.
 */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { DEFAULT_MIGRATION_LOCK_TABLE, DEFAULT_MIGRATION_TABLE } from "kysely";

const tablesOf = `select name, sql from sqlite_master
	where sql is not null and name not like 'sqlite_%' order by rowid`;

/**
 * The statements that give an empty database the tables of this one, and say that the migrations
 * are done. Of its rows there are no others: somebody may already work with it.
 */
export function scriptOf(connection: DatabaseSyncInstance): string {
	const made = connection.prepare(tablesOf).all() as { sql: string }[];
	const rows = [DEFAULT_MIGRATION_TABLE, DEFAULT_MIGRATION_LOCK_TABLE].flatMap((name) =>
		rowsOf(connection, name),
	);
	return [...made.map(({ sql }) => sql), ...rows].join(";\n");
}

/** Runs the script. False where the database isn't empty any more: then nothing was done. */
export function makeTables(connection: DatabaseSyncInstance, script: string): boolean {
	connection.exec("begin immediate");
	try {
		const isEmpty = connection.prepare(tablesOf).all().length === 0;
		if (isEmpty) connection.exec(script);
		connection.exec("commit");
		return isEmpty;
	} catch (error) {
		connection.exec("rollback");
		throw error;
	}
}

function rowsOf(connection: DatabaseSyncInstance, table: string): string[] {
	const columns = connection.prepare(`pragma table_info("${table}")`).all() as { name: string }[];
	const values = columns.map(({ name }) => `quote("${name}")`).join(" || ', ' || ");
	const rows = connection.prepare(`select ${values} as row from "${table}"`).all();
	return (rows as { row: string }[]).map(({ row }) => `insert into "${table}" values (${row})`);
}
