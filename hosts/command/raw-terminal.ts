/** A terminal whose every key is somebody else's: nothing is echoed, collected or a signal here. */

import type { ReadStream } from "node:tty";

/**
 * Makes it raw, and again when this process goes on after a stop (`fg`): the shell has put its own
 * settings back meanwhile, of which Node knows nothing. Returns what gives the settings back.
 */
export function makeRaw(terminal: ReadStream): () => void {
	const again = (): void => {
		// Node does nothing for a terminal that it believes to be raw.
		terminal.setRawMode(false);
		terminal.setRawMode(true);
	};
	again();
	process.on("SIGCONT", again);
	return () => {
		process.off("SIGCONT", again);
		terminal.setRawMode(false);
	};
}
