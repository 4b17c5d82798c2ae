/** Users: the people who own products and devices. */

import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { findDeviceOf } from "../storage/devices.js";
import { productsOf } from "../storage/products.js";
import type { Database } from "../storage/schema.js";
import { deleteUser, findUser, insertUser, listUsers } from "../storage/users.js";
import { actor, change, requireUser } from "./change.js";

export interface User {
	readonly name: string;
	/** Seconds since 1970. */
	readonly addedAt: number;
}

export interface Users {
	/** A name has 1 to 64 of the letters a-z, digits, dot, hyphen and underscore. */
	add(name: string): Promise<User>;
	list(): Promise<User[]>;
	/** Removes a user who owns nothing, with the tokens made for it and what was shared with it. */
	remove(name: string): Promise<void>;
}

const namePattern = /^[a-z0-9._-]{1,64}$/;

export function createUsers(core: Core): Users {
	return {
		add: (name) => change(core, (database, time) => addUser(database, name, time)),
		list: () => listUsers(core.database),
		remove: (name) => change(core, (database, time) => removeUser(database, name, time)),
	};
}

async function addUser(database: Database, name: string, time: number): Promise<User> {
	if (!namePattern.test(name)) {
		throw new OperatorError("name", "A user's name has 1 to 64 of these letters: a-z 0-9 . _ -");
	}
	if ((await findUser(database, name)) !== undefined) {
		throw new OperatorError("user-exists", "There is a user " + name + ". Choose another name.");
	}
	const user = { name, addedAt: time };
	await insertUser(database, user);
	const subject = "user:" + name;
	await appendAudit(database, time, { actor: actor(), action: "user.add", subject });
	return user;
}

async function removeUser(database: Database, name: string, time: number): Promise<void> {
	await requireUser(database, name, "See which there are: opendms user list");
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
	await deleteUser(database, name);
	const subject = "user:" + name;
	await appendAudit(database, time, { actor: actor(), action: "user.remove", subject });
}
