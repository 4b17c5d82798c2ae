/**
 * Splits a command line: words between spaces, with `"..."` around spaces and `\` before a quote.
 */

/** The words of a line; `undefined` when a quotation mark is left open. */
export function wordsOf(line: string): string[] | undefined {
	const words: string[] = [];
	let word: string | undefined;
	let isQuoted = false;
	let isEscaped = false;
	for (const character of line) {
		if (isEscaped) {
			word = (word ?? "") + (character === '"' || character === "\\" ? "" : "\\") + character;
			isEscaped = false;
		} else if (character === "\\" && isQuoted) {
			isEscaped = true;
		} else if (character === '"') {
			isQuoted = !isQuoted;
			word ??= "";
		} else if (character === " " && !isQuoted) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else {
			word = (word ?? "") + character;
		}
	}
	if (word !== undefined) words.push(word);
	return isQuoted ? undefined : words;
}
