/** Users: the people who own products and devices, and those who run the service. */

import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { findDeviceOf } from "../storage/devices.js";
import { usersWithPassword } from "../storage/passwords.js";
import { productsOf } from "../storage/products.js";
import { type Database, type Role, roles, type UserRow } from "../storage/schema.js";
import { deleteSessionsOf } from "../storage/sessions.js";
import {
	deleteUser,
	findUser,
	insertUser,
	type ListedUser,
	listUsers,
	updateRole,
} from "../storage/users.js";
import { actor, change, isOnTheMachine, requireUser } from "./change.js";
import { invite, type Invite } from "./invites.js";

export interface User {
	readonly name: string;
	readonly role: Role;
	/** Whether a password was set: without one, nobody logs in. */
	readonly hasPassword: boolean;
	/** Seconds since 1970. */
	readonly addedAt: number;
}

/** Users of which roles somebody may change. */
export interface Managed {
	/** Default: all. */
	readonly managed?: readonly Role[] | undefined;
}

export interface Users {
	/** A name has 1 to 64 of the letters a-z, digits, dot, hyphen and underscore. */
	add(name: string, options?: { readonly role?: Role | undefined } & Managed): Promise<User>;
	list(): Promise<User[]>;
	/** Ends the user's sessions. */
	setRole(name: string, role: Role): Promise<User>;
	/** Removes a user who owns nothing, with the tokens made for it and what was shared with it. */
	remove(name: string, options?: Managed): Promise<void>;
	/** A link with which the user sets a password, once. Default: for a day. */
	invite(
		name: string,
		options?: { readonly lifeSeconds?: number | undefined } & Managed,
	): Promise<Invite>;
}

const namePattern = /^[a-z0-9._-]{1,64}$/;
const seeUsers = "See which there are: opendms user list";

export function createUsers(core: Core): Users {
	return {
		add: (name, { role = "owner", managed } = {}) =>
			change(core, (database, time) => {
				requireManaged({ name, role }, managed);
				return addUser(database, name, role, time);
			}),
		list: () => listUsers(core.database),
		setRole: (name, role) =>
			change(core, async (database, time) => {
				const { addedAt } = await changeRole(database, name, role, time);
				const hasPassword = (await listUsers(database)).some(
					(user) => user.name === name && user.hasPassword,
				);
				return { name, role, hasPassword, addedAt };
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

export async function addUser(
	database: Database,
	name: string,
	role: Role,
	time: number,
): Promise<ListedUser> {
	if (!namePattern.test(name)) {
		throw new OperatorError("name", "A user's name has 1 to 64 of these letters: a-z 0-9 . _ -");
	}
	if ((await findUser(database, name)) !== undefined) {
		throw new OperatorError("user-exists", "There is a user " + name + ". Choose another name.");
	}
	const user = { name, role, addedAt: time };
	await insertUser(database, user);
	const entry = { actor: actor(), action: "user.add", subject: "user:" + name };
	await appendAudit(database, time, { ...entry, details: { role } });
	return { ...user, hasPassword: false };
}

async function changeRole(
	database: Database,
	name: string,
	role: Role,
	time: number,
): Promise<UserRow> {
	if (!roles.includes(role)) {
		throw new OperatorError("usage", "A role is one of: " + roles.join(", "));
	}
	const user = await requireUser(database, name, seeUsers);
	if (user.role === role) return user;
	await requireAnotherAdmin(database, user);
	await updateRole(database, name, role);
	await deleteSessionsOf(database, name);
	const entry = { actor: actor(), action: "user.role", subject: "user:" + name };
	await appendAudit(database, time, { ...entry, details: { role, before: user.role } });
	return user;
}

/** Who is elsewhere can't leave the service to nobody; on its machine a new admin can be made. */
async function requireAnotherAdmin(database: Database, user: UserRow): Promise<void> {
	if (user.role !== "admin" || isOnTheMachine()) return;
	const admins = await usersWithPassword(database, "admin");
	if (admins.some((name) => name !== user.name)) return;
	const message =
		user.name + " is the last admin who can log in. Make another one first, with a password.";
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
