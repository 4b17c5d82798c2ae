/** Tokens with which programs use the API: a digest of each, the text never. */

import type { ApiTokenRow, Database } from "./schema.js";

export async function insertApiToken(database: Database, row: ApiTokenRow): Promise<void> {
	await database.insertInto("apiTokens").values(row).execute();
}

export async function listApiTokens(database: Database): Promise<ApiTokenRow[]> {
	return database.selectFrom("apiTokens").selectAll().orderBy("name").execute();
}

export async function findApiToken(
	database: Database,
	by: { readonly name: string } | { readonly digest: string },
): Promise<ApiTokenRow | undefined> {
	const [column, value] =
		"name" in by ? (["name", by.name] as const) : (["digest", by.digest] as const);
	return database.selectFrom("apiTokens").selectAll().where(column, "=", value).executeTakeFirst();
}

export async function deleteApiToken(database: Database, name: string): Promise<void> {
	await database.deleteFrom("apiTokens").where("name", "=", name).execute();
}
