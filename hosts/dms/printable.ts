/** A text without characters that move a terminal's cursor, turn its letters or end its line. */
export function printable(text: string): string {
	return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}
