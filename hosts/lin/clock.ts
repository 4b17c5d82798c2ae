/** The machine's clock. Setting it here leaves the machine's own as it is. */

import type { Clock } from "../../src/host.js";

export class MachineClock implements Clock {
	readonly #start = Date.now();
	#offset = 0;

	now(): number {
		return Date.now() + this.#offset;
	}

	set(milliseconds: number): void {
		this.#offset = milliseconds - Date.now();
	}

	ticks(): number {
		return Date.now() - this.#start;
	}
}
