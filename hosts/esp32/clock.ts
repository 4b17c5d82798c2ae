/** The chip's clock: it starts in 1970 with each reset, and is set to whole seconds. */

import Time from "time";
import type { Clock } from "../../src/host.js";
import type { Chip } from "./chip.js";

export class ChipClock implements Clock {
	private readonly chip: Chip;

	/** ESP-IDF's clock goes on over a restart; a time that nobody has vouched for since is none. */
	constructor(chip: Chip) {
		this.chip = chip;
		this.set(0);
	}

	now(): number {
		return Date.now();
	}

	set(milliseconds: number): void {
		Time.set(Math.floor(milliseconds / 1000));
	}

	ticks(): number {
		return this.chip.ticks();
	}
}
