/** Work that nobody waits for. */

import type { System } from "./host.js";

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
