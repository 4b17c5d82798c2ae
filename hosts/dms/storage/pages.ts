/** Reads a table page by page, each from where the last one ended: however long it is. */

/** A part of a list, in the order of a key that each row has for itself. */
export interface Page<Key> {
	/** Rows behind this key. Default: from the first row on. */
	readonly after?: Key | undefined;
	/** Rows at most. */
	readonly limit: number;
}

/** What somebody wants of a list. */
export interface Part<Key> {
	/** Rows behind this key. Default: from the first row on. */
	readonly after?: Key | undefined;
	/** Default: all of them. */
	readonly limit?: number | undefined;
}

/** So many rows are in memory at a time. */
const pageLength = 1_000;

/** All rows behind `after`, or the first `limit` of them. No page is empty. */
export async function* pagesOf<Row, Key>(
	read: (page: Page<Key>) => Promise<Row[]>,
	keyOf: (row: Row) => Key,
	{ after, limit = Infinity }: Part<Key> = {},
): AsyncGenerator<Row[]> {
	let left = limit;
	let key = after;
	while (left > 0) {
		const wanted = Math.min(pageLength, left);
		const rows = await read({ after: key, limit: wanted });
		const last = rows.at(-1);
		if (last === undefined) return;
		yield rows;
		if (rows.length < wanted) return;
		key = keyOf(last);
		left -= rows.length;
	}
}

/** All rows in memory at once: for lists that are known to be short. */
export async function collect<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
	const all: Row[] = [];
	for await (const page of pages) for (const row of page) all.push(row);
	return all;
}
