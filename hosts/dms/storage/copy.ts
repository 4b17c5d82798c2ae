/** Copies all rows from one engine to the other: a backup of PostgreSQL is a data folder. */

import { type RawBuilder, sql } from "kysely";
import type { Database, Schema } from "./schema.js";

type Row = { readonly [column: string]: unknown };
type Key = readonly string[];

/**
 * Each table's primary key, and tables behind those that they refer to. Keys and images are files
 * on one side, and rows on the other.
 */
const tables: { readonly [table in keyof Schema]: Key | "elsewhere" } = Object.freeze({
	settings: ["name"],
	users: ["name"],
	products: ["code"],
	productUsers: ["product", "user"],
	devices: ["uuid"],
	deletedDevices: ["keyId"],
	replacedKeys: ["keyId"],
	revokedCertificates: ["serial"],
	revocationLists: ["authority"],
	certificates: ["serial"],
	provisioningTokens: ["keyId"],
	claimTokens: ["digest"],
	claimTokenUses: ["digest", "device"],
	productKeys: ["product", "generation"],
	bundles: ["id"],
	bundleTags: ["product", "tag"],
	steppingStones: ["id"],
	factoryImages: ["product"],
	updateReports: ["bundle", "device"],
	reportCounts: ["bundle", "status"],
	answers: ["keyId", "nonce"],
	audit: ["id"],
	apiTokens: ["name"],
	passwords: ["user"],
	sessions: ["digest"],
	invites: ["digest"],
	logInAttempts: ["key"],
	identities: ["issuer", "subject"],
	repeats: ["id"],
	batches: ["name"],
	batchBoards: ["hardware"],
	credentials: "elsewhere",
	images: "elsewhere",
	imagePieces: "elsewhere",
});

/** Rows at a time: what is in memory, and less than the 32,766 values that SQLite takes. */
const rowsMaximum = 500;

/** Copies from a database that nobody changes meanwhile, or a snapshot, into an empty one. */
export async function copyRows(from: Database, to: Database): Promise<void> {
	for (const [table, key] of Object.entries(tables)) {
		if (key !== "elsewhere") await copyTable(from, to, table, key);
	}
	// The keys of the CAs behind the first one are rows on both sides.
	const rows = from.selectFrom("credentials").selectAll().where("name", "like", "ca-%");
	const following = await rows.execute();
	if (following.length > 0) await to.insertInto("credentials").values(following).execute();
}

async function copyTable(from: Database, to: Database, table: string, key: Key): Promise<void> {
	const columns = sql.join(key.map((name) => sql.ref(name)));
	let after: RawBuilder<unknown> = sql`true`;
	for (;;) {
		const page = sql<Row>`select * from ${sql.table(table)} where ${after}
			order by ${columns} limit ${sql.lit(rowsMaximum)}`;
		const { rows } = await page.execute(from);
		const last = rows.at(-1);
		if (last === undefined) return;
		await insert(to, table, rows);
		after = sql`(${columns}) > (${sql.join(key.map((name) => last[name]))})`;
	}
}

async function insert(to: Database, table: string, rows: readonly Row[]): Promise<void> {
	const names = Object.keys(rows[0] ?? {});
	const columns = sql.join(names.map((name) => sql.ref(name)));
	const values = rows.map((row) => sql`(${sql.join(names.map((name) => row[name]))})`);
	const into = sql`insert into ${sql.table(table)} (${columns}) values ${sql.join(values)}`;
	await into.execute(to);
}
