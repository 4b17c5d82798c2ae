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
/** Our queries are some sixty texts. Were they ever more, the others are prepared each time. */
const statementsMaximum = 200;

/** A Kysely dialect over one open connection. */
export class NodeSqliteDialect extends SqliteDialect {
	readonly #database: SqliteDatabase;

	constructor(connection: DatabaseSyncInstance) {
		const database = adapt(connection);
		super({ database });
		this.#database = database;
	}

	override createDriver(): SqliteDriver {
		return new ImmediateDriver({ database: this.#database });
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
	return error instanceof Error && "errcode" in error && error.errcode === sqliteBusy;
}
