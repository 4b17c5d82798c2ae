/** A clock that a test sets. */

export interface Clock {
	now(): number;
	/** The time in seconds since 1970. */
	seconds(): number;
	advance(seconds: number): void;
}

/** Some moment: certificates of this time are no different from today's. */
const start = Date.UTC(2026, 5, 1, 12, 0, 0, 250);

export function createClock(milliseconds = start): Clock {
	return {
		now: () => milliseconds,
		seconds: () => Math.floor(milliseconds / 1000),
		advance: (seconds) => {
			milliseconds += seconds * 1000;
		},
	};
}

export const secondsPerDay = 86_400;
