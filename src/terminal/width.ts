/** How many columns of a terminal a character takes. */

import { entryLength, entriesOfLine, widthLines } from "./width-table.js";

/** Below, each character takes one column. */
const firstOfTable = 0x300;
/** From here on the rule is shorter than a table: ideographs, then tags and selectors, then 1. */
const firstIdeograph = 0x20000;
const firstTag = 0xe0000;
const firstPrivate = 0xf0000;
/** The digits of entries are the 64 characters from this one on. */
const digitZero = 0x30;

/** 2 for East Asian and pictures, 0 for what joins the character before it, else 1. */
export function widthOf(codePoint: number): number {
	if (codePoint < firstOfTable || codePoint >= firstPrivate) return 1;
	if (codePoint >= firstIdeograph) return codePoint < firstTag ? 2 : 0;
	let low = 0;
	let high = widthLines.length * entriesOfLine;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (firstOf(entryAt(middle)) <= codePoint) low = middle + 1;
		else high = middle;
	}
	const entry = low > 0 ? entryAt(low - 1) : 0;
	const isWithin = codePoint - firstOf(entry) <= ((entry >>> 1) & 0x7ff);
	return isWithin ? (entry & 1) * 2 : 1;
}

function firstOf(entry: number): number {
	return entry >>> 12;
}

/** Behind the last entry there are some that begin behind all characters. */
function entryAt(index: number): number {
	const line = widthLines[Math.floor(index / entriesOfLine)] ?? "";
	const start = (index % entriesOfLine) * entryLength;
	if (start >= line.length) return 0x3fffffff;
	let entry = 0;
	for (let place = start; place < start + entryLength; place++) {
		entry = entry * 64 + line.charCodeAt(place) - digitZero;
	}
	return entry;
}
