/** People who own products and devices, and who run the service. */

import type { Database, Role, UserRow } from "./schema.js";

/** What anybody may know of a user who may know of users. */
export interface ListedUser extends UserRow {
	readonly hasPassword: boolean;
	/** Whether an identity provider knows the user. */
	readonly hasIdentity: boolean;
}

export async function findUser(database: Database, name: string): Promise<UserRow | undefined> {
	return database.selectFrom("users").selectAll().where("name", "=", name).executeTakeFirst();
}

export async function findUserByEmail(
	database: Database,
	email: string,
): Promise<UserRow | undefined> {
	return database
		.selectFrom("users")
		.selectAll()
		.where("email", "=", email.toLowerCase())
		.executeTakeFirst();
}

export async function listUsers(database: Database): Promise<ListedUser[]> {
	const rows = await database
		.selectFrom("users")
		.leftJoin("passwords", "passwords.user", "users.name")
		.selectAll("users")
		.select("passwords.setAt")
		.orderBy("users.name")
		.execute();
	const identities = await database.selectFrom("identities").select("user").execute();
	const known = new Set(identities.map(({ user }) => user));
	return rows.map(({ name, role, email, setAt, addedAt }) => ({
		name,
		role,
		email,
		hasPassword: setAt !== null,
		hasIdentity: known.has(name),
		addedAt,
	}));
}

/** Users of this role who can log in. */
export async function usersWhoLogIn(database: Database, role: Role): Promise<string[]> {
	const all = await listUsers(database);
	const can = all.filter((user) => user.role === role && (user.hasPassword || user.hasIdentity));
	return can.map(({ name }) => name);
}

export async function insertUser(database: Database, user: UserRow): Promise<void> {
	await database.insertInto("users").values(user).execute();
}

export async function updateUser(
	database: Database,
	name: string,
	changes: Partial<Pick<UserRow, "role" | "email">>,
): Promise<void> {
	await database.updateTable("users").set(changes).where("name", "=", name).execute();
}

/** Deletes the user, the shares, and the tokens, sessions, invites and identities. */
export async function deleteUser(database: Database, name: string): Promise<void> {
	await database.deleteFrom("users").where("name", "=", name).execute();
}
