/** People who own products and devices, and who run the service. */

import type { Database, Role, UserRow } from "./schema.js";

export interface ListedUser extends UserRow {
	readonly hasPassword: boolean;
}

export async function findUser(database: Database, name: string): Promise<UserRow | undefined> {
	return database.selectFrom("users").selectAll().where("name", "=", name).executeTakeFirst();
}

export async function listUsers(database: Database): Promise<ListedUser[]> {
	const rows = await database
		.selectFrom("users")
		.leftJoin("passwords", "passwords.user", "users.name")
		.selectAll("users")
		.select("passwords.setAt")
		.orderBy("users.name")
		.execute();
	return rows.map(({ name, role, setAt, addedAt }) => ({
		name,
		role,
		hasPassword: setAt !== null,
		addedAt,
	}));
}

export async function insertUser(database: Database, user: UserRow): Promise<void> {
	await database.insertInto("users").values(user).execute();
}

export async function updateRole(database: Database, name: string, role: Role): Promise<void> {
	await database.updateTable("users").set({ role }).where("name", "=", name).execute();
}

/** Deletes the user, the shares, and the tokens, sessions and invites made for it. */
export async function deleteUser(database: Database, name: string): Promise<void> {
	await database.deleteFrom("users").where("name", "=", name).execute();
}
