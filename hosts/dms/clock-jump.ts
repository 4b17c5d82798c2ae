/**
 * Whether the machine's clock has jumped ahead while the service runs. A device never goes back
 * behind a time that it was told, so a minute in the wrong year would cost a whole fleet a cable.
 */

import { uptime } from "node:os";
import { performance } from "node:perf_hooks";

/** A device that was told so much too late is itself again a day later. */
const jumpMilliseconds = 86_400_000;
/** What a clock goes on saying for so long it means. */
const heldMilliseconds = 3_600_000;
/** A machine without a clock of its own gets its time after it has started. */
const startMilliseconds = 900_000;

export interface Clocks {
	/** Milliseconds since 1970: what is doubted. */
	now(): number;
	/** Milliseconds since the machine has started, also those in which it slept. */
	uptime(): number;
	/** The same in less time, which may leave those out. */
	quickUptime(): number;
}

export const machineClocks: Clocks = Object.freeze({
	now: Date.now,
	uptime: () => uptime() * 1000,
	quickUptime: () => performance.now(),
});

/** A sentence for the operator while the clock is not to be believed, else `undefined`. */
export type ClockDoubt = () => string | undefined;

export function createClockDoubt({ now, uptime, quickUptime }: Clocks): ClockDoubt {
	let zero = now() - uptime();
	let quickZero = now() - quickUptime();
	let since: number | undefined;
	return () => {
		if (now() - quickUptime() - quickZero <= jumpMilliseconds) {
			since = undefined;
			return undefined;
		}
		const up = uptime();
		since ??= up;
		const isJump = now() - up - zero > jumpMilliseconds;
		if (isJump && up > startMilliseconds && up - since < heldMilliseconds) {
			const date = new Date(now()).toISOString().slice(0, 10);
			const way = "Set it. If it is right, wait an hour, or start opendms anew.";
			return `The machine's clock has jumped to ${date}. ${way}`;
		}
		zero = now() - up;
		quickZero = now() - quickUptime();
		since = undefined;
		return undefined;
	};
}
