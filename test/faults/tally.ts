/** What came of many journeys. */

import type { Outcome } from "./play.js";

export class Tally {
	faults = 0;
	#journeys = 0;
	#broken = 0;
	#atOnce = 0;
	#byThemselves = 0;
	#triesMaximum = 0;

	add({ faults, tries, isByItself }: Outcome): void {
		this.#journeys++;
		this.faults += faults;
		if (tries === 1) this.#atOnce++;
		if (isByItself) this.#byThemselves++;
		this.#triesMaximum = Math.max(this.#triesMaximum, tries);
	}

	addBroken(): void {
		this.#journeys++;
		this.#broken++;
	}

	get isBroken(): boolean {
		return this.#broken > 0;
	}

	get text(): string {
		const repeated = this.#journeys - this.#broken - this.#atOnce;
		return (
			`${this.#journeys} journeys, ${this.faults} faults, ${this.#broken} broken; ` +
			`${this.#atOnce} came through at the first try, ${repeated} when the person had typed it ` +
			`again, at most ${this.#triesMaximum} times; ${this.#byThemselves} devices got their ` +
			"identity by themselves meanwhile"
		);
	}
}
