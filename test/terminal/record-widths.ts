/** Writes `src/terminal/width-table.ts` anew, after an update of the packages it is made of. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unicodeWidth } from "./unicode-widths.js";

const target = fileURLToPath(new URL("../../../src/terminal/width-table.ts", import.meta.url));
const first = 0x300;
const end = 0x20000;
const countMaximum = 0x800;
const entryLength = 5;
const entriesOfLine = 16;
const digitZero = 0x30;

interface Run {
	readonly width: number;
	readonly first: number;
	last: number;
}

/** Characters of one width that follow each other; what is none yet is of the run that it is in. */
function runs(): Run[] {
	const all: Run[] = [];
	for (let codePoint = first; codePoint < end; codePoint++) {
		const width = unicodeWidth(codePoint);
		const run = all.at(-1);
		if (width === undefined) continue;
		const isFull = width !== 1 && run !== undefined && codePoint - run.first >= countMaximum;
		if (run?.width === width && !isFull) run.last = codePoint;
		else all.push({ width, first: codePoint, last: codePoint });
	}
	return all.filter(({ width }) => width !== 1);
}

function entry(run: Run): string {
	let rest = run.first * 0x1000 + (run.last - run.first) * 2 + run.width / 2;
	let digits = "";
	for (let place = 0; place < entryLength; place++) {
		digits = String.fromCharCode(digitZero + (rest % 64)) + digits;
		rest = Math.floor(rest / 64);
	}
	return digits;
}

const entries = runs().map((run) => entry(run));
const lines = [];
for (let start = 0; start < entries.length; start += entriesOfLine) {
	lines.push(JSON.stringify(entries.slice(start, start + entriesOfLine).join("")));
}
writeFileSync(
	target,
	`/**
 * Characters from U+0300 to U+1FFFF that don't take one column: East Asian wide ones and pictures
 * two, marks none. Made by \`node build/test/terminal/record-widths.js\` of Unicode's tables.
 */

/** Characters of a run: 17 bits of the first, 11 of how many follow, and whether they are wide. */
export const entryLength = ${entryLength};

/** The last line may have fewer. */
export const entriesOfLine = ${entriesOfLine};

/** Entries in their order, five digits of base 64 each, from "0" on. */
export const widthLines: readonly string[] = Object.freeze([
${lines.map((line) => "\t" + line + ",").join("\n")}
]);
`,
);
