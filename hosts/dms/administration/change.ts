/** What all administrative operations share: who acts, their transaction, and looking things up. */

import { AsyncLocalStorage } from "node:async_hooks";
import { shellWord } from "../../command/shell-word.js";
import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { countChange } from "../storage/changes.js";
import { noteIdempotentChange } from "../storage/idempotency-keys.js";
import { findProduct } from "../storage/products.js";
import type { Database, ProductRow, UserRow } from "../storage/schema.js";
import { findUser } from "../storage/users.js";
import { requireAsSeen, takeSeen } from "./seen.js";

/** A change that may be asked for again: that it was made is written with it, once. */
export interface Repeat {
	readonly id: string;
	isNoted: boolean;
}

interface Act {
	readonly name: string;
	readonly repeat?: Repeat | undefined;
}

const acts = new AsyncLocalStorage<Act>();

/** Whoever may use the data folder. */
const operator = "operator";

/** Who acts, in the audit log. */
export function actor(): string {
	return acts.getStore()?.name ?? operator;
}

/** Whether it is one who can change every file anyway. */
export function isOnTheMachine(): boolean {
	return actor() === operator;
}

/** Runs operations in somebody's name. */
export function actAs<T>(name: string, operations: () => T, repeat?: Repeat): T {
	return acts.run({ name, repeat }, operations);
}

/** Runs one operation in one transaction. `time` is the service's clock in seconds since 1970. */
export async function change<T>(
	core: Core,
	operation: (database: Database, time: number) => Promise<T>,
): Promise<T> {
	const time = timeOf(core);
	const act = acts.getStore() ?? { name: operator };
	const { repeat } = act;
	const seen = takeSeen();
	// The writer does many people's work in one go.
	const result = await core.writer.write(async (database) => {
		await countChange(database);
		if (repeat !== undefined && !repeat.isNoted) await note(database, repeat, time);
		if (seen !== undefined) await requireAsSeen(database, seen);
		return acts.run(act, () => operation(database, time));
	});
	if (repeat !== undefined) repeat.isNoted = true;
	return result;
}

async function note(database: Database, { id }: Repeat, time: number): Promise<void> {
	if (await noteIdempotentChange(database, id, time)) return;
	const message = "The same request was done meanwhile. Ask again for its answer.";
	throw new OperatorError("idempotency-underway", message);
}

/** `advice` is what to do when there is none; default: to add it. */
export async function requireUser(
	database: Database,
	name: string,
	advice = "Add it: opendms user add " + shellWord(name),
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
