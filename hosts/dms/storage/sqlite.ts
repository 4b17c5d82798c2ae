/**
 * Kysely on the shape of `node:sqlite`.
 *
 * Kysely's own dialect expects better-sqlite3, which differs in two things: a statement of
 * `node:sqlite` takes its parameters one by one, and its columns say whether it returns rows.
 */

import { DatabaseSync, type DatabaseSyncInstance } from "@photostructure/sqlite";
import {
	CompiledQuery,
	type DatabaseConnection,
	type Kysely,
	sql,
	SqliteAdapter,
	type SqliteDatabase,
	SqliteDialect,
	SqliteDriver,
	type SqliteStatement,
} from "kysely";
import { makeTables, scriptOf } from "./latest-tables.js";
import type { Schema } from "./schema.js";

/** Our queries are some sixty texts. Were they ever more, the others are prepared each time. */
const statementsMaximum = 200;

/** The dialect for the file at this path, or for memory. */
export function sqliteDialect(location: string): NodeSqliteDialect {
	// SQLite would sleep while it waits for a lock, and all requests with it.
	return new NodeSqliteDialect(new DatabaseSync(location, { timeout: 0 }));
}

/** What makes the tables of today in an empty database, once one has been migrated. */
let latestTables: string | undefined;

/** A Kysely dialect over one open connection. */
export class NodeSqliteDialect extends SqliteDialect {
	readonly #database: SqliteDatabase;
	readonly #connection: DatabaseSyncInstance;

	constructor(connection: DatabaseSyncInstance) {
		const database = adapt(connection);
		super({ database });
		this.#database = database;
		this.#connection = connection;
	}

	/** Makes the tables of an empty database at once, if they are known: whether that is done. */
	makeTables(): boolean {
		return latestTables !== undefined && makeTables(this.#connection, latestTables);
	}

	/** Takes the tables of this database, which has been migrated, for those of the next. */
	learnTables(): void {
		latestTables ??= scriptOf(this.#connection);
	}

	override createDriver(): SqliteDriver {
		return new ImmediateDriver(this.#database, this.#connection);
	}

	override createAdapter(): SqliteAdapter {
		return new TransactionalAdapter();
	}
}

/**
 * Takes the write lock when a transaction begins. All of ours write, and a lock taken later, after
 * reading, could not wait for another process: SQLite would have to refuse it.
 */
class ImmediateDriver extends SqliteDriver {
	readonly #connection: DatabaseSyncInstance;

	constructor(database: SqliteDatabase, connection: DatabaseSyncInstance) {
		super({ database });
		this.#connection = connection;
	}

	/** WAL lets others read while one writes; `full` waits for the disk before a commit is told. */
	override async init(): Promise<void> {
		this.#connection.exec("pragma foreign_keys = on");
		this.#connection.exec("pragma journal_mode = wal");
		this.#connection.exec("pragma synchronous = full");
		await super.init();
	}

	/** After some errors SQLite has rolled back by itself, and to ask it again would hide them. */
	override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
		if (this.#connection.isTransaction) await super.rollbackTransaction(connection);
	}

	override async beginTransaction(connection: DatabaseConnection): Promise<void> {
		await connection.executeQuery(CompiledQuery.raw("begin immediate"));
	}
}

/** Lets Kysely migrate inside a transaction, so that two processes can't migrate at once. */
class TransactionalAdapter extends SqliteAdapter {
	override get supportsTransactionalDdl(): boolean {
		return true;
	}
}

/** Each statement is prepared once: this library frees one only when JavaScript forgets it. */
function adapt(connection: DatabaseSyncInstance): SqliteDatabase {
	const statements = new Map<string, SqliteStatement>();
	return {
		close() {
			statements.clear();
			// Statements keep the connection until JavaScript forgets them. Until then a transaction
			// would keep its lock, and then the log would be written to a file that may be another one.
			attempt(connection, "rollback"); // Mostly there is none.
			attempt(connection, "pragma wal_checkpoint(passive)"); // Who opens it next can do it too.
			connection.close();
		},
		prepare(sql) {
			const statement = statements.get(sql) ?? adaptStatement(connection, sql);
			if (statements.size < statementsMaximum) statements.set(sql, statement);
			return statement;
		},
	};
}

function attempt(connection: DatabaseSyncInstance, text: string): void {
	try {
		connection.exec(text);
	} catch {
		// Nothing is lost by it.
	}
}

function adaptStatement(connection: DatabaseSyncInstance, sql: string): SqliteStatement {
	const statement = connection.prepare(sql);
	return {
		reader: statement.columns().length > 0,
		all: (parameters) => statement.all(...parameters),
		run: (parameters) => statement.run(...parameters),
		iterate: (parameters) => statement.iterate(...parameters),
	};
}

/** What SQLite finds wrong with its own file, a sentence each; nothing on another engine. */
export async function integrityProblems(database: Kysely<Schema>): Promise<string[]> {
	if (!(database.getExecutor().adapter instanceof SqliteAdapter)) return [];
	const integrity = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(
		database,
	);
	const found = integrity.rows.map((row) => row.integrity_check).filter((text) => text !== "ok");
	const foreign = await sql<{ table: string }>`pragma foreign_key_check`.execute(database);
	const tables = new Set(foreign.rows.map(({ table }) => table));
	return [
		...found.map((text) => "The database is damaged: " + text),
		...[...tables].map((table) => "Rows of " + table + " belong to nothing that is there."),
	];
}
