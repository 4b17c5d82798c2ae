/** The width of each character, as two packages that follow Unicode have it. */

import { eastAsianWidth } from "get-east-asian-width";
import { createRequire } from "node:module";

export const characterCount = 0x110000;
const softHyphen = 0xad;
/** Vowels and finals of Hangul, which stand below the syllable that they belong to. */
const [jamoFirst, jamoLast] = [0x1160, 0x11ff];

const require = createRequire(import.meta.url);

function charactersIn(category: string): ReadonlySet<number> {
	const { characters } = require(
		"regenerate-unicode-properties/General_Category/" + category + ".js",
	) as { readonly characters: { toArray(): number[] } };
	return new Set(characters.toArray());
}

const marks = ["Nonspacing_Mark", "Enclosing_Mark", "Format"].map((name) => charactersIn(name));
const unassigned = charactersIn("Unassigned");

/** Columns, by the rules that terminals follow; `undefined` where there is no character yet. */
export function unicodeWidth(codePoint: number): number | undefined {
	const isJamo = codePoint >= jamoFirst && codePoint <= jamoLast;
	const isMark = codePoint !== softHyphen && marks.some((category) => category.has(codePoint));
	if (isJamo || isMark) return 0;
	if (eastAsianWidth(codePoint) === 2) return 2;
	return unassigned.has(codePoint) ? undefined : 1;
}
