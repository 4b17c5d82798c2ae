/**
 * The board's power: it can fail at any flash operation, and between any two messages. When it is
 * weak, reads, writes and whole programs fail too: they are ordered here as well.
 */

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
	| { readonly kind: "message"; readonly index: number }
	/** Before that message the program ends in a panic, as when its memory is full. */
	| { readonly kind: "panic"; readonly index: number }
	/** So many reads of key-value storage fail, or writes, and nothing else happens. */
	| { readonly kind: "read" | "write"; readonly index: number; readonly count: number }
	/** A bit of the record's copy that is read is not what was written, for good. */
	| { readonly kind: "rot"; readonly index: number };

export class Power {
	/** Operations on flash, and messages delivered, so far. */
	flashOperations = 0;
	messages = 0;
	/** Reads and writes of key-value storage that the program has asked for. */
	reads = 0;
	writes = 0;
	/** How many of the occasions have come. */
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

	/** Counts one message; says whether power fails before it, or the program. */
	message(): "message" | "panic" | undefined {
		const index = this.messages++;
		const cut = this.#cuts.find(
			({ kind, index: at }) => (kind === "message" || kind === "panic") && at === index,
		);
		if (cut?.kind !== "message" && cut?.kind !== "panic") return undefined;
		this.failures++;
		return cut.kind;
	}

	/** Counts one read; says whether it fails, or what is read has rotted. */
	read(): "fails" | "rots" | undefined {
		const index = this.reads++;
		if (this.#isFailing("read", index)) return "fails";
		return this.#isFailing("rot", index) ? "rots" : undefined;
	}

	/** Counts one write; says whether it fails. */
	write(): boolean {
		return this.#isFailing("write", this.writes++);
	}

	#isFailing(kind: "read" | "write" | "rot", index: number): boolean {
		for (const one of this.#cuts) {
			if (one.kind !== kind) continue;
			const count = one.kind === "rot" ? 1 : one.count;
			if (index < one.index || index >= one.index + count) continue;
			if (index === one.index) this.failures++;
			return true;
		}
		return false;
	}
}
