/** The chip's clock: it starts in 1970 with each reset, and is set to whole seconds. */

import Time from "time";
import type { Clock } from "../../src/host.js";

export class ChipClock implements Clock {
	/** ESP-IDF's clock goes on over a restart; a time that nobody has vouched for since is none. */
	constructor() {
		this.set(0);
	}

	now(): number {
		return Date.now();
	}

	set(milliseconds: number): void {
		Time.set(Math.floor(milliseconds / 1000));
	}

	ticks(): number {
		return native("opendms_ticks").call(this) as number;
	}
}
