/** Users' passwords, as slow hashes. */

import type { Database, PasswordRow } from "./schema.js";

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
