/** Work that nobody waits for. */

import type { System, Timer } from "./host.js";

/** Enough for what came in during a key operation, and not noticed in a call of seconds. */
const turnMilliseconds = 20;

/**
 * Lets `work` go on by itself. A rejection is a programmer's error and restarts the device, as an
 * exception in a callback does; left alone, it would be noticed at some later collection, or never.
 */
export function inBackground(
	host: { readonly system: Pick<System, "fail"> },
	work: Promise<unknown>,
): void {
	work.catch((error: unknown) => host.system.fail(error));
}

/**
 * What comes after is a job of its own: a console's stack is deep already, and a chip's is small.
 */
export function freshStack(): Promise<void> {
	return Promise.resolve();
}

/**
 * Lets others have their turn. A key operation takes a chip long: between two of them the console
 * must get at what has come in, or its receiver overflows.
 */
export function othersTurn(host: { readonly timer: Timer }): Promise<void> {
	return new Promise((resolve) => {
		host.timer.set(resolve, turnMilliseconds);
	});
}
