/** What all administrative operations share: who acts, their transaction, and looking things up. */

import { AsyncLocalStorage } from "node:async_hooks";
import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { countChange } from "../storage/changes.js";
import { findProduct } from "../storage/products.js";
import type { Database, ProductRow, UserRow } from "../storage/schema.js";
import { findUser } from "../storage/users.js";

const actors = new AsyncLocalStorage<string>();

/** Whoever may use the data folder. */
const operator = "operator";

/** Who acts, in the audit log. */
export function actor(): string {
	return actors.getStore() ?? operator;
}

/** Whether it is one who can change every file anyway. */
export function isOnTheMachine(): boolean {
	return actor() === operator;
}

/** Runs operations in somebody's name. */
export function actAs<T>(name: string, operations: () => T): T {
	return actors.run(name, operations);
}

/** Runs one operation in one transaction. `time` is the service's clock in seconds since 1970. */
export function change<T>(
	core: Core,
	operation: (database: Database, time: number) => Promise<T>,
): Promise<T> {
	const time = timeOf(core);
	const name = actor();
	// The writer does many people's work in one go.
	return core.writer.write(async (database) => {
		await countChange(database);
		return actAs(name, () => operation(database, time));
	});
}

/** `advice` is what to do when there is none; default: to add it. */
export async function requireUser(
	database: Database,
	name: string,
	advice = "Add it: opendms user add " + name,
): Promise<UserRow> {
	const user = await findUser(database, name);
	if (user !== undefined) return user;
	throw new OperatorError("user-unknown", "There is no user " + name + ". " + advice);
}

export async function requireProduct(database: Database, code: string): Promise<ProductRow> {
	const product = await findProduct(database, code);
	if (product !== undefined) return product;
	throw new OperatorError(
		"product-unknown",
		"There is no product " + code + ". See which there are: opendms product list",
	);
}
