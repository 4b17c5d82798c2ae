/** Which part of a line must not be seen by whoever looks over a shoulder or presses arrow-up. */

import type { Device } from "../device.js";
import { tokenPrefix } from "../protocol/token.js";
import { findCommand, findVariable, variablesIn } from "./names.js";
import { wordsOf } from "./words.js";

/** Index of the first character that is a secret's, or `undefined`. */
export function secretStart(device: Device, line: string): number | undefined {
	const { words, starts } = wordsOf(line);
	const count = wordsBeforeSecret(device, words);
	if (count === undefined) return undefined;
	return starts[count] ?? (line.endsWith(" ") ? line.length : undefined);
}

/** Claim tokens: 20 letters of Crockford's alphabet, in groups of four; see PROTOCOL.md. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const tokenLength = 20;

/** A token is one wherever it stands, and so is what follows a name that has a slip in it. */
function wordsBeforeSecret(device: Device, words: readonly string[]): number | undefined {
	const token = words.findIndex((word) => word.startsWith(tokenPrefix) || isClaimToken(word));
	if (token >= 0) return token;
	const [name = "", first = ""] = words;
	const command = findCommand(device, name);
	if (command === undefined) return isSecretBehindSlip(name, first) ? countBehind(name) : undefined;
	if (command.isSecret === true) return 1;
	if (command.isOnVariable !== true) return undefined;
	for (let count = 2; count <= words.length; count++) {
		if (findVariable(device, words.slice(1, count))?.access === "set") return count;
	}
	return command.name === "set" ? behindUnknown(device, words) : undefined;
}

/** A slip in `dms_claim` or in `set wlan.passkey`. */
function isSecretBehindSlip(name: string, first: string): boolean {
	return isLike(name, "dms") || isLike(first, "wl") || isLike(first, "pa");
}

function countBehind(name: string): number {
	return isLike(name, "dms") ? 1 : 2;
}

/** Behind `set wlan` and what is no variable stands a passkey, perhaps. */
function behindUnknown(device: Device, words: readonly string[]): number | undefined {
	const [, first = "", second] = words;
	if (!isLike(first, "wl")) return undefined;
	if (first.includes(".")) return isName(device, [first]) ? undefined : 2;
	return second === undefined || isName(device, [first, second]) ? undefined : 2;
}

/** Whether words are a variable's name, or the beginning of one. */
function isName(device: Device, words: readonly string[]): boolean {
	return findVariable(device, words) !== undefined || variablesIn(device, words).length > 0;
}

function isLike(word: string, start: string): boolean {
	return word.toLowerCase().startsWith(start);
}

/** Whole: a part of one may be a product's code. */
function isClaimToken(word: string): boolean {
	let length = 0;
	for (const character of word.toUpperCase()) {
		if (character === "-") continue;
		if (!alphabet.includes(character)) return false;
		length++;
	}
	return length === tokenLength;
}
