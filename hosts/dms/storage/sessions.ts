/** Browsers in which users have logged in: a digest of each cookie. */

import type { Database, Role, SessionRow } from "./schema.js";

export type UserSessionRow = SessionRow & { readonly role: Role };

export async function insertSession(database: Database, row: SessionRow): Promise<void> {
	await database.insertInto("sessions").values(row).execute();
}

/** The session, with the role that its user has now. */
export async function findSession(
	database: Database,
	digest: string,
): Promise<UserSessionRow | undefined> {
	return database
		.selectFrom("sessions")
		.innerJoin("users", "users.name", "sessions.user")
		.selectAll("sessions")
		.select("users.role")
		.where("digest", "=", digest)
		.executeTakeFirst();
}

/** The last one that began is the first. */
export async function listSessions(database: Database, user: string): Promise<UserSessionRow[]> {
	return database
		.selectFrom("sessions")
		.innerJoin("users", "users.name", "sessions.user")
		.selectAll("sessions")
		.select("users.role")
		.where("sessions.user", "=", user)
		.orderBy("startedAt", "desc")
		.orderBy("digest")
		.execute();
}

export async function noteSessionSeen(
	database: Database,
	digest: string,
	seenAt: number,
): Promise<void> {
	await database.updateTable("sessions").set({ seenAt }).where("digest", "=", digest).execute();
}

export async function deleteSession(database: Database, digest: string): Promise<void> {
	await database.deleteFrom("sessions").where("digest", "=", digest).execute();
}

export async function deleteSessionsOf(database: Database, user: string): Promise<void> {
	await database.deleteFrom("sessions").where("user", "=", user).execute();
}
