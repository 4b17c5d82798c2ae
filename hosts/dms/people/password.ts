/** What can be a password. */

import { OperatorError } from "../operator-error.js";

const lengthMinimum = 12;
/** Letters, whatever they are written with: nobody types more, and to hash more is work. */
const lengthMaximum = 256;
const distinctMinimum = 5;

/**
 * The password that somebody has typed: keyboards write the same letter in several ways, so it is
 * what NFKC makes of it, as NIST SP 800-63B asks. `undefined` for what no password can be.
 */
export function passwordIn(text: string): string | undefined {
	// A letter has up to some code units more before it is normalized.
	if (text.length > 4 * lengthMaximum) return undefined;
	const password = text.normalize("NFKC");
	return [...password].length > lengthMaximum ? undefined : password;
}

/** The same for one that is to be set; fails with what is wrong with it. */
export function newPasswordIn(text: string, user: string): string {
	const password = passwordIn(text);
	if (password === undefined) throw refused(`has at most ${lengthMaximum} letters.`);
	const letters = [...password];
	if (letters.length < lengthMinimum) {
		throw refused(`has at least ${lengthMinimum} letters: take a few words.`);
	}
	if (new Set(letters).size < distinctMinimum) throw refused("isn't one letter over and over.");
	const isNamed = password.toLowerCase().replaceAll(user, "").length < lengthMinimum / 2;
	if (isNamed) throw refused("is more than your name.");
	return password;
}

function refused(reason: string): OperatorError {
	return new OperatorError("password", "A password " + reason);
}
