/** What keys do to a line: where the cursor goes, and what is erased. */

import type { EditedLine } from "./edited-line.js";
import type { Key } from "./keys.js";

/** Where a key moves the cursor to; `undefined` for keys that don't. */
export function destinationOf(key: Key, line: EditedLine): number | undefined {
	switch (key) {
		case "left":
			return line.left;
		case "right":
			return line.right;
		case "word left":
			return line.wordLeft;
		case "word right":
			return line.wordRight;
		case "home":
			return 0;
		case "end":
			return line.length;
		default:
			return undefined;
	}
}

/** From where to where a key erases; `undefined` for keys that don't. */
export function erasureOf(key: Key, line: EditedLine): readonly [number, number] | undefined {
	const { cursor } = line;
	switch (key) {
		case "erase left":
			return [line.left, cursor];
		case "erase right":
			return [cursor, line.right];
		case "erase word left":
			return [line.wordLeft, cursor];
		case "erase word right":
			return [cursor, line.wordRight];
		case "erase to start":
			return [0, cursor];
		case "erase to end":
			return [cursor, line.length];
		default:
			return undefined;
	}
}
