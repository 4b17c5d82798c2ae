/**
 * The engine that tests run on: SQLite, or PostgreSQL when `OPENDMS_TEST_DATABASE` says so, as
 * `postgres` or as the URL of a server that is there for many of them.
 */

import { after } from "node:test";
import type { PostgresUrl } from "../../hosts/dms/storage/postgres.js";
import { databasesOf, type PostgresServer, startPostgres } from "./postgres-server.js";

const wanted = process.env["OPENDMS_TEST_DATABASE"] ?? "";

export const isOnPostgres = wanted !== "";

/** Why a test is skipped that is of SQLite's own ways. */
export const sqliteOnly = isOnPostgres && "of SQLite's own ways";

let server: Promise<PostgresServer> | undefined;
if (isOnPostgres) after(async () => (await server)?.stop());

/** A database on PostgreSQL that nobody else uses. */
export async function newDatabase(kind: "migrated" | "empty" = "migrated"): Promise<PostgresUrl> {
	if (wanted !== "postgres") return databasesOf(wanted).create(kind);
	server ??= startPostgres();
	return (await server).create(kind);
}
