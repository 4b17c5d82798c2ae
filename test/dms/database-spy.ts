/** Listens at a service's database: which statements it has run, and how many rows each gave. */

import type { TestContext } from "node:test";
import { CompiledQuery, type DatabaseConnection, SqliteDriver } from "kysely";

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
	const { acquireConnection } = SqliteDriver.prototype;
	context.after(() => {
		SqliteDriver.prototype.acquireConnection = acquireConnection;
	});
	SqliteDriver.prototype.acquireConnection = async function () {
		const real = await acquireConnection.call(this);
		connection = real;
		return {
			async executeQuery(query) {
				const result = await real.executeQuery<never>(query);
				rows.set(query.sql, Math.max(rows.get(query.sql) ?? 0, result.rows.length));
				runs.set(query.sql, (runs.get(query.sql) ?? 0) + 1);
				count++;
				return result;
			},
			streamQuery: (query, size) => real.streamQuery(query, size),
		};
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
