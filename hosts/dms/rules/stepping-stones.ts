/**
 * Who has to go over which stepping stone. A platform's key is followed by the next one in
 * firmware; a device that was off meanwhile can check only what the key that it has has stated.
 */

import { compareVersions } from "../../../src/protocol/version.js";

export interface SteppingStoneFacts {
	readonly id: string;
	/** Of the product's key by then. */
	readonly generation: number;
	/** The keys of the platform, before, that the product's key can be stated by. */
	readonly platformKeys: readonly string[];
	/** From this version on, firmware has the next one; `null` where none is held. */
	readonly version: string | null;
	readonly removedAt: number | null;
}

/** What the device says of itself. */
export interface Crosser {
	readonly version: string;
	/** The name of its platform's key, hexadecimal; without it, its version has to do. */
	readonly platformKey: string | undefined;
	/** Of the product's key that it has pinned; `undefined` where that isn't known. */
	readonly generation?: number | undefined;
}

/**
 * The one that the device has before it, of a product's, the oldest first; `undefined` when it has
 * none. `newest` are the keys of the platform that the product's newest key can be stated by.
 */
export function steppingStoneFor<Stone extends SteppingStoneFacts>(
	stones: readonly Stone[],
	newest: readonly string[],
	{ version, platformKey, generation = 0 }: Crosser,
): Stone | undefined {
	if (platformKey !== undefined) {
		if (newest.includes(platformKey)) return undefined;
		// Of several it is the last: the product's key may have followed another meanwhile.
		return stones.filter(({ platformKeys }) => platformKeys.includes(platformKey)).at(-1);
	}
	return stones.find(
		(stone) =>
			stone.version !== null &&
			compareVersions(version, stone.version) < 0 &&
			generation <= stone.generation,
	);
}
