/** The board's clock: unset after each reset, as the chip's. */

import type { Clock } from "../../../src/host.js";
import { type Call, numberFrom } from "./link.js";

export class BoardClock implements Clock {
	private readonly call: Call;

	constructor(call: Call) {
		this.call = call;
	}

	now(): number {
		return numberFrom(this.call("clock.now"));
	}

	set(milliseconds: number): void {
		this.call("clock.set", milliseconds);
	}

	ticks(): number {
		return numberFrom(this.call("clock.ticks"));
	}
}
