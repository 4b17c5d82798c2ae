/**
 * What befalls each device of a fleet in its life, drawn from a seed: who buys it, who steals it,
 * how long it lies in a drawer, and what has to have become of it at the end.
 */

import { seededRandom } from "../../hosts/board/random.js";
import { type Draw, drawFrom } from "../faults/draw.js";
import type { History } from "./history.js";

/** What somebody does to a device, or has done to it. Owners are names of users. */
export type Deed =
	/** The owner hands it over by a token that the next one types. */
	| { readonly kind: "transfer"; readonly to: string }
	/** The owner releases it, and the next one claims it. */
	| { readonly kind: "release"; readonly to: string }
	/** It is reset to factory settings, set up anew and claimed. */
	| { readonly kind: "factory reset"; readonly to: string }
	/** The owner leaves: his device is released, he is removed, and somebody else claims it. */
	| { readonly kind: "user removed"; readonly name: string; readonly to: string }
	/** Nobody has noticed yet: the thief resets it, and claims it. */
	| { readonly kind: "quick thief" }
	| { readonly kind: "lock" }
	/** He claims it, resets it, and claims it again: it is refused. */
	| { readonly kind: "thief" }
	/** It is back with its owner, who sets it up anew. */
	| { readonly kind: "found"; readonly to: string }
	| { readonly kind: "revoke" }
	/** Its flash goes on on another board, and the operator says that it is so. */
	| { readonly kind: "board swapped" }
	/** Without power until then. */
	| { readonly kind: "shelf"; readonly until: number };

export interface Act {
	/** Days since the beginning of all. */
	readonly day: number;
	readonly deed: Deed;
}

export interface Story {
	readonly index: number;
	/** When it is provisioned, claimed and activated, and by whom. */
	readonly begins: number;
	readonly buyer: string;
	/** It is never switched off but by what befalls it. */
	readonly isAlwaysOn: boolean;
	/** In the order of their days. */
	readonly acts: readonly Act[];
	/** What has to have become of it. */
	readonly end: { readonly owner: string; readonly isRevoked: boolean };
}

export const thiefName = "mallory";

/** Of the days of a life, so many are for being made and sold. */
const makingFraction = 0.15;
/** Between two things that befall a device. */
const quietDays = { least: 60, spread: 420 };
const daysToNotice = 12;
const daysToFind = 90;
const theftDays = 2 * (daysToNotice + daysToFind);
/** Of a life: some miss the change of platform key and the product keys behind it. */
const shelfFractionMaximum = 0.6;
/** Before the end, all are left in peace. */
const lastQuietDays = 30;
const alwaysOnOutOf = 100;

const chapters = [
	...(["transfer", "transfer", "release", "release", "factory reset", "user removed"] as const),
	...(["found", "found", "lost", "board swapped", "shelf", "shelf"] as const),
] as const;
type Chapter = (typeof chapters)[number];

/** How long it may take, in days. */
function spanOf(chapter: Chapter): number {
	if (chapter === "found" || chapter === "lost") return theftDays;
	return chapter === "user removed" ? 30 + quietDays.spread : 0;
}

/** The stories of a fleet: always the same for a seed. */
export function storiesOf(seed: number, count: number, history: History): Story[] {
	return Array.from({ length: count }, (_, index) => {
		const draw = drawFrom(seededRandom(`life ${seed} of ${index}`));
		return new Teller(draw, index, history).tell();
	});
}

class Teller {
	readonly #draw: Draw;
	readonly #index: number;
	readonly #history: History;
	readonly #acts: Act[] = [];
	#owner = "";
	#day: number;
	#leavers = 0;

	constructor(draw: Draw, index: number, history: History) {
		this.#draw = draw;
		this.#index = index;
		this.#history = history;
		this.#owner = this.#somebody();
		this.#day = this.#quiet(1 + (draw(10_000) / 10_000) * makingFraction * history.days);
	}

	tell(): Story {
		const [begins, buyer] = [this.#day, this.#owner];
		let isRevoked = false;
		while (!isRevoked) {
			const { least, spread } = quietDays;
			this.#day = this.#quiet(this.#day + least + this.#draw(spread));
			const chapter = chapters[this.#draw(chapters.length)] ?? "shelf";
			const isTheft = chapter === "found" || chapter === "lost";
			if (isTheft) this.#day = this.#history.quietFor(this.#day, theftDays);
			if (this.#day + spanOf(chapter) > this.#end) break;
			isRevoked = chapter === "lost";
			this.#play(chapter);
		}
		const isAlwaysOn = this.#index % alwaysOnOutOf === 0;
		const end = { owner: this.#owner, isRevoked };
		return { index: this.#index, begins, buyer, isAlwaysOn, acts: this.#acts, end };
	}

	#play(chapter: Chapter): void {
		switch (chapter) {
			case "found":
			case "lost":
				return this.#theft(chapter === "lost");
			case "board swapped":
				return this.#act({ kind: chapter });
			case "shelf":
				return this.#shelf();
			case "user removed":
				return this.#leave();
			default:
				this.#act({ kind: chapter, to: (this.#owner = this.#somebody()) });
		}
	}

	get #end(): number {
		return this.#history.days - lastQuietDays;
	}

	#act(deed: Deed): void {
		this.#acts.push({ day: this.#day, deed });
	}

	/** In order: stolen, perhaps used at once, locked, tried again, and found or given up. */
	#theft(isLost: boolean): void {
		const isQuick = this.#draw(2) === 0;
		if (isQuick) this.#act({ kind: "quick thief" });
		this.#day += 1 + this.#draw(daysToNotice);
		this.#act({ kind: "lock" });
		this.#day += 1 + this.#draw(daysToNotice);
		this.#act({ kind: "thief" });
		this.#day += 1 + this.#draw(daysToFind);
		this.#act(isLost ? { kind: "revoke" } : { kind: "found", to: this.#owner });
		if (isLost) {
			this.#day += 1 + this.#draw(daysToFind);
			this.#act({ kind: "thief" });
		}
	}

	#shelf(): void {
		const days = 1 + this.#draw(Math.floor(shelfFractionMaximum * this.#history.days));
		const until = Math.min(this.#quiet(this.#day + days), this.#end);
		this.#act({ kind: "shelf", until });
		this.#day = until;
	}

	/** First he gets it, a user of his own, so that no other device is his. */
	#leave(): void {
		const name = `leaver-${this.#index}-${this.#leavers++}`;
		this.#act({ kind: "transfer", to: name });
		this.#day = this.#quiet(this.#day + 30 + this.#draw(quietDays.spread));
		this.#act({ kind: "user removed", name, to: (this.#owner = this.#somebody()) });
	}

	/** The next day on which people do something. */
	#quiet(day: number): number {
		return this.#history.quietFor(day, 1);
	}

	/** Another one than the present owner. */
	#somebody(): string {
		for (;;) {
			const name = "user-" + this.#draw(this.#history.users);
			if (name !== this.#owner) return name;
		}
	}
}
