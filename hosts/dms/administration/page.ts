/** Where people reach the service, and how the first of them gets in. */

import { appendAudit } from "../storage/audit.js";
import { openInviteOf } from "../storage/invites.js";
import type { Database } from "../storage/schema.js";
import { readSetting, writeSetting } from "../storage/settings.js";
import { listUsers, usersWhoLogIn } from "../storage/users.js";
import { actor } from "./change.js";
import { type Invite, invite } from "./invites.js";
import { addUser } from "./users.js";

/** Links to the page begin with this from now on. */
export async function writePage(database: Database, url: string, time: number): Promise<void> {
	if ((await readSetting(database, "page")) === url) return;
	await writeSetting(database, "page", url);
	const entry = { actor: actor(), action: "service.page", subject: "service", details: { url } };
	await appendAudit(database, time, entry);
}

/**
 * An invitation for an admin where none can log in yet; one is added where there is none.
 * `undefined` where it isn't needed, or another one is open, which would be void.
 */
export async function inviteFirstAdmin(
	database: Database,
	time: number,
): Promise<Invite | undefined> {
	if ((await usersWhoLogIn(database, "admin")).length > 0) return undefined;
	const users = await listUsers(database);
	const admins = users.filter(({ role }) => role === "admin");
	for (const { name } of admins) {
		if ((await openInviteOf(database, name, time)) !== undefined) return undefined;
	}
	const [admin = await addAdmin(database, time)] = admins;
	return invite(database, admin.name, time);
}

async function addAdmin(database: Database, time: number): Promise<{ readonly name: string }> {
	const taken = new Set((await listUsers(database)).map(({ name }) => name));
	let name = "admin";
	for (let number = 2; taken.has(name); number++) name = "admin-" + number;
	return addUser(database, { name, role: "admin" }, time);
}
