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

/** What of the board can fail by itself, so many times in a row, while the program goes on. */
export const troubles = [
	/** Of key-value storage. */
	"read",
	"write",
	/** Of the slot that doesn't run; an erase is a write. */
	"slot read",
	"slot write",
	/** The boot ROM's note that the running image is good. */
	"confirmation",
	/** The radio's driver refuses to begin. */
	"join",
	/** The radio begins, and nothing comes of it. */
	"silent join",
	/** The radio takes half a minute longer than it should. */
	"late join",
] as const;
export type Trouble = (typeof troubles)[number];

/** What power can fail at; counted from 0 since the board was made, over all its boots. */
export type Occasion =
	| { readonly kind: "flash"; readonly index: number; readonly point: CutPoint }
	| { readonly kind: "message"; readonly index: number }
	/** Before that message the program ends in a panic, as when its memory is full. */
	| { readonly kind: "panic"; readonly index: number }
	/**
	 * The program's memory ends before that call of the board: as seen from outside, at whichever
	 * allocation since the call before.
	 */
	| { readonly kind: "exhaustion"; readonly index: number }
	/** Before that message the supply sags: the board starts again by itself. */
	| { readonly kind: "brown-out"; readonly index: number }
	| { readonly kind: Trouble; readonly index: number; readonly count: number }
	/** A bit of the record's copy that is read is not what was written, for good. */
	| { readonly kind: "rot"; readonly index: number };

/** How a run of the program ends between two messages. */
const endings = ["message", "panic", "brown-out"] as const;
type Ending = (typeof endings)[number];

function isEnding(kind: Occasion["kind"]): kind is Ending {
	return endings.some((ending) => ending === kind);
}

export class Power {
	/** Operations on flash, and messages delivered, so far. */
	flashOperations = 0;
	messages = 0;
	/** Calls of the program to the board. */
	calls = 0;
	/** Reads of key-value storage that the program has asked for. */
	reads = 0;
	readonly #counts = new Map<Trouble, number>();
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
	message(): Ending | undefined {
		const index = this.messages++;
		for (const { kind, index: at } of this.#cuts) {
			if (at !== index || !isEnding(kind)) continue;
			this.failures++;
			return kind;
		}
		return undefined;
	}

	/** Counts one call of the program; says whether its memory ends before it. */
	exhausted(): boolean {
		return this.#isFailing("exhaustion", this.calls++);
	}

	/** Counts one read; says whether it fails, or what is read has rotted. */
	read(): "fails" | "rots" | undefined {
		const index = this.reads++;
		if (this.#isFailing("read", index)) return "fails";
		return this.#isFailing("rot", index) ? "rots" : undefined;
	}

	/** Counts one operation of the kind; says whether it fails. */
	fails(kind: Exclude<Trouble, "read">): boolean {
		const index = this.#counts.get(kind) ?? 0;
		this.#counts.set(kind, index + 1);
		return this.#isFailing(kind, index);
	}

	#isFailing(kind: Trouble | "rot" | "exhaustion", index: number): boolean {
		for (const one of this.#cuts) {
			if (one.kind !== kind) continue;
			const count = "count" in one ? one.count : 1;
			if (index < one.index || index >= one.index + count) continue;
			if (index === one.index) this.failures++;
			return true;
		}
		return false;
	}
}
