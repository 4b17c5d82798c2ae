/** How long a change waits for another process that has the database locked. */

import { isBusy } from "./failures.js";

/** Transactions take milliseconds; whoever waits this long for one waits for somebody stuck. */
export const lockWaitDefaultMilliseconds = 2_000;

/** While another process has the lock, all else goes on: nothing here sleeps. */
const pauseMaximumMilliseconds = 4;
/** Longer than the pauses of those who wait, so that one of them gets the lock. */
const leaveMilliseconds = 5;

/** A moment, for each a different one: of many who wait, each gets its turn. */
export function pause(): Promise<void> {
	return delay(1 + Math.random() * (pauseMaximumMilliseconds - 1));
}

/** Leaves the lock to another process that waits for it: SQLite keeps no queue. */
export function leaveLockToOthers(): Promise<void> {
	return delay(leaveMilliseconds);
}

function delay(milliseconds: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Does something that takes the lock, as often as it takes to get it in so many milliseconds. */
export async function waitingForLock<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
	const since = performance.now();
	for (;;) {
		try {
			return await work();
		} catch (error) {
			if (!isBusy(error) || performance.now() - since >= milliseconds) throw error;
		}
		await pause();
	}
}
