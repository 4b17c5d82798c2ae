/**
 * Kysely on PostgreSQL, such that a transaction is what it is on SQLite: it has the database's one
 * write lock from its beginning to its end, whichever process or machine it is of.
 */

import { accessSync, constants } from "node:fs";
import {
	CompiledQuery,
	type Dialect,
	type Driver,
	PostgresAdapter,
	PostgresDialect,
	type PostgresCursor,
	type PostgresDialectConfig,
	PostgresDriver,
	type PostgresPool,
	type PostgresPoolClient,
	type PostgresQueryResult,
} from "kysely";
import pg from "pg";
import { OperatorError } from "../operator-error.js";

/** Reads go side by side; changes take one connection at a time. */
const connectionsMaximum = 8;
/** To connect, or to get a connection that others have. */
const connectMilliseconds = 5_000;
/** Transactions wait for nothing: one that does is of a process that hangs, and has the lock. */
const idleInTransactionMilliseconds = 10_000;

/** "opendms" in ASCII: the name of the write lock among the advisory locks of a database. */
const writeLock = "31367303360966003";

/** Commands that say how many rows they have changed. */
const changing = Object.freeze(["INSERT", "UPDATE", "DELETE", "MERGE"] as const);

/** What PostgreSQL calls these types: 8 bytes, and the exact sums of them. */
const bigint = 20;
const numeric = 1700;
const bytea = 17;

/**
 * Ways of libpq to trust anybody's certificate, or anybody's by a known CA. The driver takes them
 * for `verify-full`, as is right, but says so on standard error.
 */
const weakModes = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/g;

export type PostgresUrl = `postgres://${string}` | `postgresql://${string}`;

/** Whether this is the URL of a PostgreSQL database. */
export function isPostgresUrl(location: string): location is PostgresUrl {
	return /^postgres(ql)?:\/\//.test(location);
}

/**
 * The dialect for the database of this URL. Who waits for a
 * lock fails after so many milliseconds. Nothing is connected yet.
 */
export function postgresDialect(url: PostgresUrl, lockWait: number): Dialect {
	requireFiles(url);
	const connectionString = url.replace(weakModes, "$1verify-full");
	requireUrl(connectionString);
	const pool = new pg.Pool({
		connectionString,
		application_name: "opendms",
		max: connectionsMaximum,
		connectionTimeoutMillis: connectMilliseconds,
		lock_timeout: lockWait,
		idle_in_transaction_session_timeout: idleInTransactionMilliseconds,
		keepAlive: true,
		types: { getTypeParser: parserOf },
	});
	// A connection that breaks while nobody uses it: whoever asks next gets another one.
	pool.on("error", () => undefined);
	// One that breaks while it is used fails what is asked of it, or the commit that is to come;
	// without a listener it would end the process too.
	pool.on("connect", (client) => client.on("error", () => undefined));
	return new LockingDialect({ pool: checked(pool) });
}

/** The driver would say only which file it is, and some time later. */
function requireFiles(url: PostgresUrl): void {
	const [, query = ""] = url.split("?");
	const options = new URLSearchParams(query);
	for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
		const file = options.get(name);
		if (file === null) continue;
		try {
			accessSync(file, constants.R_OK);
		} catch {
			const message = `${file} can't be read, which --database names: ${name}. Correct it.`;
			throw new OperatorError("usage", message);
		}
	}
}

/** The driver would say "Invalid URL", once it connects. */
function requireUrl(connectionString: string): void {
	try {
		void new pg.Client({ connectionString });
	} catch (error) {
		if (!(error instanceof TypeError && "code" in error)) throw error;
		const message = "--database is no URL. Of its password write letters such as / ? # @ and % ";
		throw new OperatorError("usage", message + "as %2F %3F %23 %40 and %25.");
	}
}

class LockingDialect extends PostgresDialect {
	readonly #config: PostgresDialectConfig;

	constructor(config: PostgresDialectConfig) {
		super(config);
		this.#config = config;
	}

	override createDriver(): Driver {
		return new LockingDriver(this.#config);
	}

	override createAdapter(): PostgresAdapter {
		return new PostgresAdapter();
	}
}

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

class LockingDriver extends PostgresDriver {
	/**
	 * Statements read what was committed before each of them, which is all that ever was: nobody
	 * else commits while the lock is held. It ends with the transaction.
	 */
	override async beginTransaction(connection: Connection): Promise<void> {
		const begin = "begin isolation level read committed";
		const lock = "select pg_advisory_xact_lock(" + writeLock + ")";
		try {
			await connection.executeQuery(CompiledQuery.raw(begin + "; " + lock));
		} catch (error) {
			await this.rollbackTransaction(connection);
			throw error;
		}
	}

	/** Fails with its connection only, and with that the server has rolled back by itself. */
	override async rollbackTransaction(connection: Connection): Promise<void> {
		await super.rollbackTransaction(connection).catch(() => undefined);
	}
}

/** Closes connections of which it isn't sure that no transaction is under way any more. */
function checked(pool: pg.Pool): PostgresPool {
	const clients = new WeakMap<pg.PoolClient, PostgresPoolClient>();
	return {
		async connect() {
			const client = await pool.connect();
			const known = clients.get(client) ?? new CheckedClient(client);
			clients.set(client, known);
			return known;
		},
		end: () => pool.end(),
	};
}

class CheckedClient implements PostgresPoolClient {
	readonly #client: pg.PoolClient;
	#isInDoubt = false;

	constructor(client: pg.PoolClient) {
		this.#client = client;
	}

	query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
	query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
	query<R>(
		asked: string | PostgresCursor<R>,
		parameters: readonly unknown[] = [],
	): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
		if (typeof asked !== "string") throw new Error("there are no cursors");
		return this.#run<R>(asked, parameters);
	}

	release(): void {
		this.#client.release(this.#isInDoubt);
	}

	async #run<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
		try {
			const result = await this.#client.query(sql, parameters.map(withoutNul));
			// A transaction that failed is rolled back by its commit, without another word.
			if (sql === "commit" && result.command !== "COMMIT") throw new Error("it was rolled back");
			const { command, rowCount, rows } = result;
			return {
				command: changing.find((one) => one === command) ?? "SELECT",
				rowCount: rowCount ?? 0,
				rows,
			};
		} catch (error) {
			if (sql === "commit" || sql === "rollback") this.#isInDoubt = true;
			throw error;
		}
	}
}

/** PostgreSQL has no text with one. Nothing of ours has: who asks by one finds nothing. */
function withoutNul(value: unknown): unknown {
	return typeof value === "string" ? value.replaceAll("\0", "\ufffd") : value;
}

/** Numbers are numbers: none is above 2^53. Bytes are an `Uint8Array`, as SQLite has them. */
function parserOf(type: number, format?: "text" | "binary"): (value: string) => unknown {
	if (type === bigint || type === numeric) return Number;
	if (type === bytea) {
		return (value) => Uint8Array.from(Buffer.from(value.slice("\\x".length), "hex"));
	}
	return pg.types.getTypeParser(type, format);
}
