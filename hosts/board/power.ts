/** The board's power: it can fail at any flash operation, and between any two messages. */

/** Thrown through the device program when its power fails; nothing of the program runs after it. */
export class PowerLoss extends Error {
	constructor() {
		super("power lost");
	}
}

/**
 * Where an operation on flash is cut: before its first word, with a part of its words done, or
 * after the last. For a key-value write, the three in between leave nothing, the old and the new
 * value.
 */
export const cutPoints = ["before", "first", "middle", "last", "after"] as const;
export type CutPoint = (typeof cutPoints)[number];

/** What power can fail at; counted from 0 since the board was made, over all its boots. */
export type Occasion =
	| { readonly kind: "flash"; readonly index: number; readonly point: CutPoint }
	| { readonly kind: "message"; readonly index: number };

export class Power {
	/** Operations on flash, and messages delivered, so far. */
	flashOperations = 0;
	messages = 0;
	/** How many of the cuts have happened. */
	failures = 0;
	readonly #cuts: Occasion[];

	/** `cuts` are the occasions at which it fails. */
	constructor(cuts: readonly Occasion[] = []) {
		this.#cuts = [...cuts];
	}

	/** Counts one operation; says where it is to be cut, if it is. */
	flashOperation(): CutPoint | undefined {
		const index = this.flashOperations++;
		const cut = this.#cuts.find((one) => one.kind === "flash" && one.index === index);
		if (cut?.kind !== "flash") return undefined;
		this.failures++;
		return cut.point;
	}

	/** Counts one message; says whether power fails before it. */
	message(): boolean {
		const index = this.messages++;
		const isCut = this.#cuts.some((one) => one.kind === "message" && one.index === index);
		if (isCut) this.failures++;
		return isCut;
	}
}
