/** What grows, and when nobody needs it any more. */

import type { Core } from "../core.js";
import type { Database } from "../storage/schema.js";

export const prunedKinds = Object.freeze([
	"answers",
	"audit",
	"certificates",
	"images",
	"reports",
	"tokens",
] as const);
export type PrunedKind = (typeof prunedKinds)[number];

/** Where a walk through a table has come to; each rule has its own kind of text. */
export type Cursor = string;

export interface Look {
	/** Keys of what nobody needs any more, among the next rows. */
	readonly outdated: readonly string[];
	/** Where to look next; `undefined` behind the last row. */
	readonly next: Cursor | undefined;
}

export interface PruneRule {
	readonly kind: PrunedKind;
	/** In seconds; `undefined`: for ever. */
	readonly keepDefault: number | undefined;
	/** The least that a promise of PROTOCOL.md leaves; `undefined` when nobody may change it. */
	readonly keepMinimum: number | undefined;
	/** Looks at the next rows, some hundred, from the cursor on: in a few milliseconds. */
	look(core: Core, before: number, cursor: Cursor | undefined): Promise<Look>;
	/** Takes what a look has found away, in the transaction it is given. */
	remove(core: Core, database: Database, keys: readonly string[], before: number): Promise<void>;
	/** What has to be done first, outside of any transaction. */
	prepare?(core: Core, keys: readonly string[]): Promise<void>;
}

/** Rows of a look. */
export const lookLength = 500;

/** The cursor behind these rows: the key of the last, when there may be more. */
export function cursorBehind<Row>(
	rows: readonly Row[],
	keyOf: (row: Row) => string,
): Cursor | undefined {
	const last = rows.at(-1);
	return last === undefined || rows.length < lookLength ? undefined : keyOf(last);
}
