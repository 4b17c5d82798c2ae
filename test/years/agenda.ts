/** What is still to be done in the years of a fleet. */

import type { VirtualClock } from "../../hosts/board/clock.js";
import { type Timed, TimeQueue } from "../../hosts/board/time-queue.js";
import { start } from "../journey/world.js";

export const dayMilliseconds = 86_400_000;

/** What is to be done at a time of the clock. */
interface Step extends Timed {
	act(): Promise<void>;
}

/** In the order of its days since the beginning. */
export class Agenda {
	readonly #steps = new TimeQueue<Step>();
	#order = 0;

	add(day: number, act: () => Promise<void>): void {
		this.#steps.add({ at: start + day * dayMilliseconds, order: this.#order++, act });
	}

	async playUntil(day: number, clock: VirtualClock): Promise<void> {
		const end = start + day * dayMilliseconds;
		for (let step = this.#steps.first; step && step.at < end; step = this.#steps.first) {
			this.#steps.takeFirst();
			if (step.at > clock.now()) await clock.run(step.at - clock.now());
			await step.act();
		}
	}
}
