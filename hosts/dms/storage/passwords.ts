/** Users' passwords, as slow hashes. */

import type { Database, PasswordRow, Role } from "./schema.js";

export async function findPassword(
	database: Database,
	user: string,
): Promise<PasswordRow | undefined> {
	return database.selectFrom("passwords").selectAll().where("user", "=", user).executeTakeFirst();
}

/** Sets it, in place of the one that was there. */
export async function writePassword(database: Database, row: PasswordRow): Promise<void> {
	const { hash, setAt } = row;
	await database
		.insertInto("passwords")
		.values(row)
		.onConflict((conflict) => conflict.column("user").doUpdateSet({ hash, setAt }))
		.execute();
}

/** Users of this role who have one, and so can log in. */
export async function usersWithPassword(database: Database, role: Role): Promise<string[]> {
	const rows = await database
		.selectFrom("passwords")
		.innerJoin("users", "users.name", "passwords.user")
		.select("users.name")
		.where("users.role", "=", role)
		.execute();
	return rows.map(({ name }) => name);
}
