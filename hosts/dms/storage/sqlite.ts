/**
 * Kysely on the shape of `node:sqlite`.
 *
 * Kysely's own dialect expects better-sqlite3, which differs in two things: a statement of
 * `node:sqlite` takes its parameters one by one, and its columns say whether it returns rows.
 */

import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import {
	CompiledQuery,
	type DatabaseConnection,
	SqliteAdapter,
	type SqliteDatabase,
	SqliteDialect,
	SqliteDriver,
	type SqliteStatement,
} from "kysely";

/** What SQLite answers when another process holds the lock for longer than the busy time-out. */
const sqliteBusy = 5;
/** What it answers when the disk has no room, or the database has all pages it may have. */
const sqliteFull = 13;
/** Errors have more exact codes too, whose last byte is the code above. */
const primaryCodeMask = 0xff;
/** Our queries are some sixty texts. Were they ever more, the others are prepared each time. */
const statementsMaximum = 200;

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
			try {
				// A transaction under way would keep its lock for as long as memory remembers it.
				connection.exec("rollback");
			} catch {
				// There is none.
			}
			connection.close();
		},
		prepare(sql) {
			const statement = statements.get(sql) ?? adaptStatement(connection, sql);
			if (statements.size < statementsMaximum) statements.set(sql, statement);
			return statement;
		},
	};
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

/** Whether an operation failed because somebody else kept the database locked. */
export function isBusy(error: unknown): boolean {
	return primaryCodeOf(error) === sqliteBusy;
}

/** Whether an operation failed because the disk is full. */
export function isDiskFull(error: unknown): boolean {
	const isFileFull = error instanceof Error && "code" in error && error.code === "ENOSPC";
	return isFileFull || primaryCodeOf(error) === sqliteFull;
}

function primaryCodeOf(error: unknown): number | undefined {
	const isCoded = error instanceof Error && "errcode" in error && typeof error.errcode === "number";
	return isCoded ? Number(error.errcode) & primaryCodeMask : undefined;
}
