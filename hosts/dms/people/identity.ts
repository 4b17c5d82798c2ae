/** Whom an identity provider has recognized, and which user that is. */

import { addUser, changeRoleTo } from "../administration/users.js";
import { OperatorError } from "../operator-error.js";
import { findIdentity, insertIdentity } from "../storage/identities.js";
import type { Database, Role } from "../storage/schema.js";
import { findUser, findUserByEmail } from "../storage/users.js";

export interface Identity {
	/** The provider's URL. */
	readonly issuer: string;
	/** Its own name for the person, which never changes. */
	readonly subject: string;
	/** As far as the provider has verified it. */
	readonly email: string | undefined;
	/** What the person is called there; only for a user's name. */
	readonly name: string | undefined;
	/** What the provider says that the person may do here. */
	readonly role: Role | undefined;
}

/** What becomes of somebody whom nobody has invited; without a role he is refused. */
export interface NewUsers {
	readonly defaultRole?: Role | undefined;
}

/**
 * The user of an identity: who has come with it before, or has its verified e-mail address and no
 * other identity of this provider, or else a new one if newcomers are welcome. A role that the
 * provider names counts from now on.
 */
export async function userOf(
	database: Database,
	identity: Identity,
	{ defaultRole }: NewUsers,
	time: number,
): Promise<string> {
	const { issuer, subject, role } = identity;
	const known = await findIdentity(database, issuer, { subject });
	const name = known?.user ?? (await invitedUser(database, identity));
	if (name !== undefined) {
		if (known === undefined) await bind(database, identity, name, time);
		if (role !== undefined) await changeRoleTo(database, name, role, time);
		return name;
	}
	const newRole = role ?? defaultRole;
	if (newRole === undefined) throw new OperatorError("log-in", sentenceFor(identity));
	const added = await freeName(database, identity);
	await addUser(database, { name: added, role: newRole }, time);
	await bind(database, identity, added, time);
	return added;
}

async function invitedUser(
	database: Database,
	{ issuer, email }: Identity,
): Promise<string | undefined> {
	if (email === undefined) return undefined;
	const user = await findUserByEmail(database, email);
	if (user === undefined) return undefined;
	// An address can be given to somebody else; the provider's name for a person can't.
	const other = await findIdentity(database, issuer, { user: user.name });
	return other === undefined ? user.name : undefined;
}

async function bind(
	database: Database,
	{ issuer, subject }: Identity,
	user: string,
	time: number,
): Promise<void> {
	await insertIdentity(database, { issuer, subject, user, addedAt: time });
}

/** A user's name that is like the person's, and nobody's yet. */
async function freeName(database: Database, { name, email }: Identity): Promise<string> {
	const wanted = (name ?? email ?? "").toLowerCase().replace(/@.*$/, "");
	const base = wanted
		.replace(/[^a-z0-9._-]+/g, "-")
		.replace(/^-+|-+$/g, "")
		.replace(/^\.*$/, "user");
	let free = base.slice(0, 60);
	for (let number = 2; (await findUser(database, free)) !== undefined; number++) {
		free = base.slice(0, 55) + "-" + number;
	}
	return free;
}

function sentenceFor({ email }: Identity): string {
	const who = email === undefined ? "You are" : email + " is";
	return (
		who +
		" nobody here yet. An admin lets you in: opendms user add <name> --email " +
		(email ?? "<your verified address>")
	);
}
