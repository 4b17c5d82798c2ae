/**
 * The machine's clock, as far as it counts: the time is unset at the start, as after a chip's
 * reset. TLS looks at the machine's own.
 */

import type { Clock } from "../../src/host.js";

export class MachineClock implements Clock {
	private readonly start = Date.now();
	private offset = 0;

	now(): number {
		return this.ticks() + this.offset;
	}

	set(milliseconds: number): void {
		this.offset = milliseconds - this.ticks();
	}

	ticks(): number {
		return Date.now() - this.start;
	}
}
