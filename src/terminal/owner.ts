/** Whose a line editor is. */

import type { Timer } from "../host.js";

/** What an editor shows on, and what it asks about a line. */
export interface EditorOwner {
	readonly timer: Timer;
	write(text: string | Uint8Array): void;
	/** Index of the character from which on a line is a secret, or `undefined`. */
	secretStart(line: string): number | undefined;
	/** How a line that ends at the cursor can go on. */
	complete(line: string): Completion;
}

export interface Completion {
	/** What can only come next. */
	readonly text: string;
	/** What a person wants to see before going on: the choices, or a hint. */
	readonly lines?: string;
}
