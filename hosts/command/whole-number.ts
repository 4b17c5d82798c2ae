/** A number as somebody has typed it behind an option. */

/** Throws a sentence when `text` is no whole number of decimal digits. */
export function wholeNumber(option: string, text: string): number {
	if (/^\d{1,15}$/.test(text)) return Number(text);
	throw new Error(`${option} takes a whole number, such as 1000, and not "${text}".`);
}
