/** People who own products and devices. */

import type { Database, UserRow } from "./schema.js";

export async function findUser(database: Database, name: string): Promise<UserRow | undefined> {
	return database.selectFrom("users").selectAll().where("name", "=", name).executeTakeFirst();
}

export async function listUsers(database: Database): Promise<UserRow[]> {
	return database.selectFrom("users").selectAll().orderBy("name").execute();
}

export async function insertUser(database: Database, user: UserRow): Promise<void> {
	await database.insertInto("users").values(user).execute();
}

/** Deletes the user, the shares and the tokens made for it. */
export async function deleteUser(database: Database, name: string): Promise<void> {
	await database.deleteFrom("users").where("name", "=", name).execute();
}
