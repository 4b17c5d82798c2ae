/** What a person hears of a board that restarts by itself. */

import type { Fault } from "./processor.js";

/** So many are told one by one; and so many at once, without a word on the line, are for good. */
const toldMaximum = 8;
/** Whoever has run for so long has recovered: the next fault is told again. */
const recoveryMilliseconds = 60_000;

export interface FaultListener {
	/** A line for the person. */
	say(line: string): void;
	/** The program faults at each start before it says anything: it never will. */
	onHopeless(): void;
}

export class FaultReport {
	readonly #listener: FaultListener;
	#told = 0;
	/** Since the device has last said something. */
	#silent = 0;
	#lastAt = 0;

	constructor(listener: FaultListener) {
		this.#listener = listener;
	}

	readonly onOutput = (): void => {
		this.#silent = 0;
	};

	readonly onFault = ({ reason, message }: Fault): void => {
		const now = performance.now();
		if (now - this.#lastAt > recoveryMilliseconds) this.#told = 0;
		this.#lastAt = now;
		const text = message === "" ? reason : reason + ": " + message;
		if (++this.#told <= toldMaximum) this.#listener.say("the board restarted: " + text);
		if (++this.#silent >= toldMaximum) {
			this.#listener.say("the board can't start: it has faulted " + this.#silent + " times");
			this.#listener.onHopeless();
		} else if (this.#told === toldMaximum) {
			this.#listener.say("the board goes on restarting: what follows is not told");
		}
	};
}
