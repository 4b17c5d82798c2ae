/** The chip's timers and its time of day, on the board's clock. Both begin anew with each boot. */

import type { Clock } from "./clock.js";
import { numberOf, type Operations, type Post } from "./operations.js";

export class Timekeeper {
	readonly operations: Operations;
	readonly #clock: Clock;
	readonly #post: Post;
	/** For how long the processor is busy already, since the clock was looked at. */
	readonly #busy: () => number;
	readonly #timers = new Map<number, () => void>();
	#bootedAt = 0;
	#set = { milliseconds: 0, at: 0 };

	constructor(clock: Clock, post: Post, busyMilliseconds: () => number) {
		this.#clock = clock;
		this.#post = post;
		this.#busy = busyMilliseconds;
		this.operations = {
			"timer.set": (id, milliseconds) => this.#setTimer(numberOf(id), numberOf(milliseconds)),
			"timer.clear": (id) => {
				this.#timers.get(numberOf(id))?.();
				this.#timers.delete(numberOf(id));
				return undefined;
			},
			"clock.now": () => this.#set.milliseconds + this.#now() - this.#set.at,
			"clock.set": (milliseconds) => {
				this.#set = { milliseconds: numberOf(milliseconds), at: this.#now() };
				return undefined;
			},
			"clock.ticks": () => this.#now() - this.#bootedAt,
		};
	}

	reset(): void {
		for (const cancel of this.#timers.values()) cancel();
		this.#timers.clear();
		this.#bootedAt = this.#clock.now();
		this.#set = { milliseconds: 0, at: this.#bootedAt };
	}

	/** The time of day is another from now on, as with a crystal that fails; the ticks go on. */
	jump(milliseconds: number): void {
		this.#set.milliseconds += milliseconds;
	}

	#now(): number {
		return this.#clock.now() + this.#busy();
	}

	#setTimer(number: number, milliseconds: number): undefined {
		// As the SDK's, which takes an int32: what is longer rings at once.
		const wait = Math.max(milliseconds | 0, 0);
		const cancel = this.#clock.after(this.#busy() + wait, () => {
			this.#timers.delete(number);
			this.#post("timer", number);
		});
		this.#timers.set(number, cancel);
		return undefined;
	}
}
