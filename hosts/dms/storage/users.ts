/** People who own products and devices, and who run the service. */

import type { Part } from "./pages.js";
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

/** In the order of their names. */
export async function listUsers(
	database: Database,
	{ after, limit }: Part<string> = {},
): Promise<ListedUser[]> {
	const rows = await listedUsers(database)
		.$if(after !== undefined, (query) => query.where("users.name", ">", after ?? ""))
		.$if(limit !== undefined, (query) => query.limit(limit ?? 0))
		.orderBy("users.name")
		.execute();
	return rows.map(listedUserOf);
}

export async function findListedUser(
	database: Database,
	name: string,
): Promise<ListedUser | undefined> {
	const row = await listedUsers(database).where("users.name", "=", name).executeTakeFirst();
	return row && listedUserOf(row);
}

function listedUsers(database: Database) {
	return database
		.selectFrom("users")
		.leftJoin("passwords", "passwords.user", "users.name")
		.selectAll("users")
		.select("passwords.setAt")
		.select(({ selectFrom }) =>
			selectFrom("identities")
				.select("identities.issuer")
				.whereRef("identities.user", "=", "users.name")
				.limit(1)
				.as("issuer"),
		);
}

function listedUserOf({
	setAt,
	issuer,
	...user
}: UserRow & { readonly setAt: number | null; readonly issuer: string | null }): ListedUser {
	const { name, role, email, addedAt } = user;
	return { name, role, email, hasPassword: setAt !== null, hasIdentity: issuer !== null, addedAt };
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
