/** A terminal whose every key is somebody else's: nothing is echoed, collected or a signal here. */

import type { ReadStream } from "node:tty";

/**
 * Makes it raw, and again when this process goes on after a stop (`fg`): the shell has put its own
 * settings back meanwhile, of which Node knows nothing. Returns what gives the settings back: Node
 * does so itself at most ends, but not at a hang-up.
 */
export function makeRaw(terminal: ReadStream): () => void {
	const again = (): void => {
		// Node does nothing for a terminal that it believes to be raw.
		terminal.setRawMode(false);
		terminal.setRawMode(true);
	};
	const hangUp = (): void => {
		restore();
		process.kill(process.pid, "SIGHUP"); // It ends the process now: it is handled once.
	};
	const restore = (): void => {
		process.off("SIGCONT", again);
		terminal.setRawMode(false);
	};
	again();
	process.on("SIGCONT", again);
	process.once("SIGHUP", hangUp);
	return restore;
}
