/** Where a command's service is: in a data folder, or in a PostgreSQL database. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { OperatorError } from "../operator-error.js";
import { databaseFile, isMade } from "../storage/database.js";
import { isPostgresUrl, type PostgresUrl } from "../storage/postgres.js";

/** The options that every command takes. */
interface GlobalOptions {
	readonly data: string;
	/** The URL of a PostgreSQL database, in place of a data folder. */
	readonly database?: string;
	readonly json?: boolean;
	/** Where a service elsewhere has its API; without it, it is here. */
	readonly service?: string;
	/** A file with the API token for it. */
	readonly tokenFile?: string;
}

export function globalOptionsOf(command: Command): GlobalOptions {
	return command.optsWithGlobals<GlobalOptions>();
}

/** As `openService` has them. */
export type Place = { readonly data: string } | { readonly database: PostgresUrl };

export function placeOf(command: Command): Place {
	const { data, database } = globalOptionsOf(command);
	if (database === undefined) return { data };
	if (isPostgresUrl(database)) return { database };
	// It may have a password, so it isn't said.
	const message = "A database is named as postgres://role@host/database; a folder by --data.";
	throw new OperatorError("usage", message);
}

/** The place in a sentence, without the password that a URL may have. */
export function placeName(place: Place): string {
	return "data" in place ? place.data : "the database " + databaseName(place.database);
}

export async function isServiceIn(place: Place): Promise<boolean> {
	return "data" in place ? existsSync(join(place.data, databaseFile)) : isMade(place.database);
}

function databaseName(url: PostgresUrl): string {
	const [, name = ""] = /^[^/]*\/\/[^/?]*\/([^?]*)/.exec(url) ?? [];
	return name || "of the role";
}
