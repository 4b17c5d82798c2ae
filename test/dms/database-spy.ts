/** Listens at a service's database: which statements it has run, and how many rows each gave. */

import type { TestContext } from "node:test";
import { CompiledQuery, type DatabaseConnection, PostgresDriver, SqliteDriver } from "kysely";
import { isOnPostgres } from "./engine.js";

export interface DatabaseSpy {
	/** The most rows that each statement has returned at once, by its text. */
	readonly rows: ReadonlyMap<string, number>;
	/** How often statements were run in all. */
	count(): number;
	runsOf(sql: string): number;
	/** Runs a statement on the service's own connection, unseen. */
	ask(sql: string): Promise<{ readonly [column: string]: unknown }[]>;
	/** Forgets what was counted. */
	reset(): void;
}

/** From here to the end of the test. The service must be opened after it, and is the only one. */
export function spyOnDatabase(context: TestContext): DatabaseSpy {
	const rows = new Map<string, number>();
	const runs = new Map<string, number>();
	let count = 0;
	let connection: DatabaseConnection | undefined;
	const driver = isOnPostgres ? PostgresDriver.prototype : SqliteDriver.prototype;
	const { acquireConnection } = driver;
	context.after(() => {
		driver.acquireConnection = acquireConnection;
	});
	driver.acquireConnection = async function () {
		const real = await acquireConnection.call(this);
		connection = real;
		const executeQuery = async (query: CompiledQuery) => {
			const result = await real.executeQuery<never>(query);
			rows.set(query.sql, Math.max(rows.get(query.sql) ?? 0, result.rows.length));
			runs.set(query.sql, (runs.get(query.sql) ?? 0) + 1);
			count++;
			return result;
		};
		// All else is the driver's own, who has private methods in it.
		return new Proxy(real, {
			get(target, name) {
				if (name === "executeQuery") return executeQuery;
				const value: unknown = Reflect.get(target, name, target);
				return typeof value === "function" ? value.bind(target) : value;
			},
		});
	};
	return {
		rows,
		count: () => count,
		runsOf: (sql) => runs.get(sql) ?? 0,
		async ask(sql) {
			const query = CompiledQuery.raw(sql);
			const answer = await connection?.executeQuery<{ [column: string]: unknown }>(query);
			return answer?.rows ?? [];
		},
		reset() {
			rows.clear();
			runs.clear();
			count = 0;
		},
	};
}
