/** Users: the people who own products and devices, and those who run the service. */

import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { findDeviceOf } from "../storage/devices.js";
import { deleteIdentities } from "../storage/identities.js";
import { productsOf } from "../storage/products.js";
import type { Part } from "../storage/pages.js";
import { type Database, type Role, roles, type UserRow } from "../storage/schema.js";
import { deleteSessionsOf } from "../storage/sessions.js";
import {
	deleteUser,
	findListedUser,
	findUser,
	insertUser,
	listUsers,
	findUserByEmail,
	updateUser,
	usersWhoLogIn,
} from "../storage/users.js";
import { actor, change, isOnTheMachine, requireUser } from "./change.js";
import { invite, type Invite } from "./invites.js";

export interface User {
	readonly name: string;
	readonly role: Role;
	/** By which an identity provider's user is known at first; `null` for none. */
	readonly email: string | null;
	/** Whether a password was set. */
	readonly hasPassword: boolean;
	/** Whether an identity provider knows the user. Without both, nobody logs in. */
	readonly hasIdentity: boolean;
	/** Seconds since 1970. */
	readonly addedAt: number;
}

export interface NewUser {
	readonly role?: Role | undefined;
	readonly email?: string | undefined;
}

/** Users of which roles somebody may change. */
export interface Managed {
	/** Default: all. */
	readonly managed?: readonly Role[] | undefined;
}

export interface Users {
	/** A name has 1 to 64 of the letters a-z, digits, dot, hyphen and underscore. */
	add(name: string, options?: NewUser & Managed): Promise<User>;
	/** All, in the order of their names, or a part of them. */
	list(part?: Part<string>): Promise<User[]>;
	show(name: string): Promise<User>;
	/** Ends the user's sessions. */
	setRole(name: string, role: Role): Promise<User>;
	/** `null` takes it away, and with it what an identity provider knew the user by. */
	setEmail(name: string, email: string | null): Promise<User>;
	/** Removes a user who owns nothing, with the tokens made for it and what was shared with it. */
	remove(name: string, options?: Managed): Promise<void>;
	/** A link with which the user sets a password, once. Default: for a day. */
	invite(
		name: string,
		options?: { readonly lifeSeconds?: number | undefined } & Managed,
	): Promise<Invite>;
}

/** A name is a part of its page's address, where dots alone lead elsewhere. */
const namePattern = /^(?!\.+$)[a-z0-9._-]{1,64}$/;
/** What is between is the provider's affair. */
const emailPattern = /^[^\s@]{1,64}@[^\s@]{1,190}$/;
const seeUsers = "See which there are: opendms user list";

export function createUsers(core: Core): Users {
	return {
		add: (name, { role = "owner", email, managed } = {}) =>
			change(core, async (database, time) => {
				requireManaged({ name, role }, managed);
				await addUser(database, { name, role, email }, time);
				return showUser(database, name);
			}),
		list: (part) => listUsers(core.database, part),
		async show(name) {
			await requireUser(core.database, name, seeUsers);
			return showUser(core.database, name);
		},
		setRole: (name, role) =>
			change(core, async (database, time) => {
				await setRole(database, name, role, time);
				return showUser(database, name);
			}),
		setEmail: (name, email) =>
			change(core, async (database, time) => {
				await setEmail(database, name, email, time);
				return showUser(database, name);
			}),
		remove: (name, { managed } = {}) =>
			change(core, async (database, time) => {
				const user = await requireUser(database, name, seeUsers);
				requireManaged(user, managed);
				await removeUser(database, user, time);
			}),
		invite: (name, { lifeSeconds, managed } = {}) =>
			change(core, async (database, time) => {
				requireManaged(await requireUser(database, name), managed);
				return invite(database, name, time, lifeSeconds);
			}),
	};
}

function requireManaged(
	{ name, role }: Pick<UserRow, "name" | "role">,
	managed: readonly Role[] | undefined,
): void {
	if (managed === undefined || managed.includes(role)) return;
	const message = `${name} is ${role}: only an admin changes who may do more than own devices.`;
	throw new OperatorError("user-other", message);
}

async function showUser(database: Database, name: string): Promise<User> {
	const user = await findListedUser(database, name);
	if (user === undefined) throw new Error("the user was there just now");
	return user;
}

export async function addUser(
	database: Database,
	{ name, role, email }: NewUser & { readonly name: string; readonly role: Role },
	time: number,
): Promise<UserRow> {
	if (!namePattern.test(name)) {
		throw new OperatorError(
			"name",
			"A user's name has 1 to 64 of these letters: a-z 0-9 . _ - (not dots alone)",
		);
	}
	if ((await findUser(database, name)) !== undefined) {
		throw new OperatorError("user-exists", "There is a user " + name + ". Choose another name.");
	}
	const address = email === undefined ? null : await freeEmail(database, name, email);
	const user = { name, role, email: address, addedAt: time };
	await insertUser(database, user);
	const entry = { actor: actor(), action: "user.add", subject: "user:" + name };
	await appendAudit(database, time, { ...entry, details: { role, email: address } });
	return user;
}

async function setRole(database: Database, name: string, role: Role, time: number): Promise<void> {
	if (!roles.includes(role)) {
		throw new OperatorError("usage", "A role is one of: " + roles.join(", "));
	}
	const user = await requireUser(database, name, seeUsers);
	if (user.role === role) return;
	await requireAnotherAdmin(database, user);
	await changeRoleTo(database, name, role, time);
}

/** Without asking whether it leaves an admin: an identity provider knows who else is one. */
export async function changeRoleTo(
	database: Database,
	name: string,
	role: Role,
	time: number,
): Promise<void> {
	const user = await requireUser(database, name, seeUsers);
	if (user.role === role) return;
	await updateUser(database, name, { role });
	await deleteSessionsOf(database, name);
	const entry = { actor: actor(), action: "user.role", subject: "user:" + name };
	await appendAudit(database, time, { ...entry, details: { role, before: user.role } });
}

async function setEmail(
	database: Database,
	name: string,
	email: string | null,
	time: number,
): Promise<void> {
	const user = await requireUser(database, name, seeUsers);
	const address = email === null ? null : await freeEmail(database, name, email);
	if (user.email === address) return;
	await updateUser(database, name, { email: address });
	// Whoever has come by the old address isn't who has the new one.
	await deleteIdentities(database, name);
	const entry = { actor: actor(), action: "user.email", subject: "user:" + name };
	await appendAudit(database, time, { ...entry, details: { email: address } });
}

async function freeEmail(database: Database, name: string, email: string): Promise<string> {
	const address = email.toLowerCase();
	if (!emailPattern.test(address)) {
		throw new OperatorError("name", "An e-mail address is as alice@example.com.");
	}
	const other = await findUserByEmail(database, address);
	if (other === undefined || other.name === name) return address;
	throw new OperatorError("user-exists", "That is the address of " + other.name + ".");
}

/** Who is elsewhere can't leave the service to nobody; on its machine a new admin can be made. */
async function requireAnotherAdmin(database: Database, user: UserRow): Promise<void> {
	if (user.role !== "admin" || isOnTheMachine()) return;
	const admins = await usersWhoLogIn(database, "admin");
	if (admins.some((name) => name !== user.name)) return;
	const message = user.name + " is the last admin who can log in. Make another one first, who can.";
	throw new OperatorError("admin-last", message);
}

async function removeUser(database: Database, user: UserRow, time: number): Promise<void> {
	const { name } = user;
	const products = await productsOf(database, name);
	if (products.length > 0) {
		const codes = products.map((product) => product.code).join(", ");
		const message = name + " owns " + codes + ", so this user has to stay.";
		throw new OperatorError("user-owns", message);
	}
	const device = await findDeviceOf(database, name);
	if (device !== undefined) {
		const command = "opendms device release " + device.uuid;
		throw new OperatorError("user-owns", name + " owns devices. Release each of them: " + command);
	}
	await requireAnotherAdmin(database, user);
	await deleteUser(database, name);
	const subject = "user:" + name;
	await appendAudit(database, time, { actor: actor(), action: "user.remove", subject });
}
