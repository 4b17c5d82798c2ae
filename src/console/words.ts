/**
 * Splits a command line: words between spaces, with `"..."` around spaces and `\` before a quote.
 */

export interface Words {
	readonly words: readonly string[];
	/** Where each begins, in characters. */
	readonly starts: readonly number[];
	/** A quotation mark is left open. */
	readonly isOpen: boolean;
}

export function wordsOf(line: string): Words {
	const words: string[] = [];
	const starts: number[] = [];
	let word: string | undefined;
	let position = 0;
	let isQuoted = false;
	let isEscaped = false;
	for (const character of line) {
		const isBetween = character === " " && !isQuoted && !isEscaped;
		if (isBetween) {
			if (word !== undefined) words.push(word);
			word = undefined;
		} else {
			if (word === undefined) starts.push(position);
			word ??= "";
			if (isEscaped) {
				word += (character === '"' || character === "\\" ? "" : "\\") + character;
				isEscaped = false;
			} else if (character === "\\" && isQuoted) {
				isEscaped = true;
			} else if (character === '"') {
				isQuoted = !isQuoted;
			} else {
				word += character;
			}
		}
		position++;
	}
	if (word !== undefined) words.push(word);
	return { words, starts, isOpen: isQuoted };
}
