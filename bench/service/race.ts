/** The service beside a server that does nothing: the same requests, in turns. */

import { type Load, load, type LoadOptions } from "./load.js";
import type { ServerProcess } from "./server-process.js";

export interface Race {
	/** Medians of all rounds. */
	readonly microseconds: number;
	readonly otherMicroseconds: number;
	/** The median of what the other took for one microsecond of the first. */
	readonly ratio: number;
	readonly perSecond: number;
	readonly otherPerSecond: number;
}

export type RaceOptions = Omit<LoadOptions, "requests"> & {
	/** For the first server (0) or the other (1). */
	readonly requests: (server: 0 | 1, round: number) => readonly Buffer[];
	readonly rounds: number;
};

export async function race(
	first: ServerProcess,
	other: ServerProcess,
	{ requests, rounds, ...options }: RaceOptions,
): Promise<Race> {
	const pairs: (readonly [Load, Load])[] = [];
	// The first round warms up.
	for (let round = 0; round <= rounds; round++) {
		const sent = (server: 0 | 1) => ({ ...options, requests: requests(server, round) });
		const pair = [await load(first, sent(0)), await load(other, sent(1))] as const;
		if (round > 0) pairs.push(pair);
	}
	return {
		microseconds: median(pairs.map(([one]) => one.microseconds)),
		otherMicroseconds: median(pairs.map(([, two]) => two.microseconds)),
		ratio: median(pairs.map(([one, two]) => two.microseconds / one.microseconds)),
		perSecond: median(pairs.map(([one]) => one.perSecond)),
		otherPerSecond: median(pairs.map(([, two]) => two.perSecond)),
	};
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, two) => one - two);
	return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
