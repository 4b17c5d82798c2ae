/**
 * Whether something is still as it was when somebody looked at it: of two people who change the
 * same thing, the second one is told before anything is done.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { digestOf } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { lastAuditOf } from "../storage/audit.js";
import { tagsOf } from "../storage/bundles.js";
import { findDevice } from "../storage/devices.js";
import { findProduct, sharedUsers } from "../storage/products.js";
import type { Database } from "../storage/schema.js";
import { findUser } from "../storage/users.js";

/** What was seen of a subject, such as `product:ACME-LAMP`, by the digest of `seenOf`. */
export interface Seen {
	readonly subject: string;
	readonly digest: string;
}

/** Hexadecimal. */
const digestLength = 16;

const waiting = new AsyncLocalStorage<{ seen: Seen | undefined }>();

/** The first change among these operations is made if the subject is as it was seen. */
export function asSeen<T>(seen: Seen, operations: () => T): T {
	return waiting.run({ seen }, operations);
}

/** What is to be as it was seen, for the change that asks first. */
export function takeSeen(): Seen | undefined {
	const store = waiting.getStore();
	const seen = store?.seen;
	if (store !== undefined) store.seen = undefined;
	return seen;
}

export async function requireAsSeen(database: Database, { subject, digest }: Seen): Promise<void> {
	if ((await seenOf(database, subject)) === digest) return;
	const last = await lastAuditOf(database, subject);
	const [actor = "", who = ""] = last?.actor.split(":") ?? [];
	const message =
		`${actor === "user" ? who : "Somebody"} has changed this since you looked at it, so nothing ` +
		"was done. This is how it is now; what you typed is kept. Do it again if it is still right.";
	throw new OperatorError("changed", message);
}

/** A digest of what people change of a subject; not of what a device says of itself. */
export async function seenOf(database: Database, subject: string): Promise<string> {
	const [kind = "", name = ""] = subject.split(":");
	const state = await states[kind]?.(database, name);
	return digestOf(JSON.stringify(state ?? null)).slice(0, digestLength);
}

/** By the kind of the subject. */
const states: {
	readonly [kind: string]: (database: Database, name: string) => Promise<unknown>;
} = Object.freeze({
	/** With what its tags are on. */
	async product(database, code) {
		const tags = (await tagsOf(database, code)).map((row) => [
			...[row.tag, row.bundle, row.percent, row.failurePercent, row.haltedAt],
		]);
		return [await findProduct(database, code), await sharedUsers(database, code), tags];
	},
	async device(database, uuid) {
		const row = await findDevice(database, uuid);
		return row && [row.owner, row.product, row.tag, row.pin, row.lockedAt, row.hardware, row.name];
	},
	async user(database, name) {
		const row = await findUser(database, name);
		return row && [row.role, row.email];
	},
});
