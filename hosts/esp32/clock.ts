/** The chip's clock: it starts in 1970 with each reset, and counts whole seconds when it is set. */

import Time from "time";
import type { Clock } from "../../src/host.js";
import type { Chip } from "./chip.js";

export class ChipClock implements Clock {
	readonly #chip: Chip;

	constructor(chip: Chip) {
		this.#chip = chip;
	}

	now(): number {
		return Date.now();
	}

	set(milliseconds: number): void {
		Time.set(Math.floor(milliseconds / 1000));
	}

	ticks(): number {
		return this.#chip.ticks();
	}
}
