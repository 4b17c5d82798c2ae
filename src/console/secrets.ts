/** Which part of a line must not be seen by whoever looks over a shoulder or presses arrow-up. */

import type { Device } from "../device.js";
import { tokenPrefix } from "../protocol/token.js";
import { findCommand, findVariable } from "./names.js";
import { wordsOf } from "./words.js";

/** Index of the first character that is a secret's, or `undefined`. */
export function secretStart(device: Device, line: string): number | undefined {
	const { words, starts } = wordsOf(line);
	const count = wordsBeforeSecret(device, words);
	if (count === undefined) return undefined;
	return starts[count] ?? (line.endsWith(" ") ? line.length : undefined);
}

/** A provisioning token is one wherever it stands, also behind a name that was mistyped. */
function wordsBeforeSecret(device: Device, words: readonly string[]): number | undefined {
	const token = words.findIndex((word) => word.startsWith(tokenPrefix));
	if (token >= 0) return token;
	const command = findCommand(device, words[0] ?? "");
	if (command?.isSecret === true) return 1;
	if (command?.isOnVariable !== true) return undefined;
	for (let count = 2; count <= words.length; count++) {
		if (findVariable(device, words.slice(1, count))?.access === "set") return count;
	}
	return undefined;
}
