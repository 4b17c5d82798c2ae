/** A parser of the device, and what must hold for whatever it is given. */

import type { Bench } from "../../device/check.js";

export interface Probe {
	readonly lengthMaximum: number;
	/**
	 * The most that an execution on XS may hold at a time, beside what was there before it: so many
	 * bytes, and so many for each byte of the input.
	 */
	readonly allocationBase: number;
	readonly allocationFactor: number;
	/**
	 * The heap that XS runs it in, where the bound is on what is live: what is garbage counts as long
	 * as nothing collects it. Default: so large that the bound is met first.
	 */
	readonly heapBytes?: number;
	/**
	 * Whether it reads what only the device itself has written, whose names XS keeps. Of what comes
	 * from outside, no name may be kept.
	 */
	readonly isKeepingNames?: boolean;
	/** Says in a few words what became of the input. Throws when a promise is broken. */
	readonly run: (input: Uint8Array, bench: Bench) => string | Promise<string>;
}
