/**
 * Time for boards and the world around them: the real one, or one that only moves when nobody is
 * busy.
 */

import { type Timed, TimeQueue } from "./time-queue.js";

export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Calls back after `milliseconds`; returns how to prevent that. */
	after(milliseconds: number, callback: () => void): () => void;
	/**
	 * Work outside of this clock has begun; virtual time stands still until the returned function is
	 * called.
	 */
	hold(): () => void;
}

export class RealClock implements Clock {
	now(): number {
		return Date.now();
	}

	after(milliseconds: number, callback: () => void): () => void {
		const timer = setTimeout(callback, milliseconds);
		return () => clearTimeout(timer);
	}

	hold(): () => void {
		return () => undefined;
	}
}

interface Appointment extends Timed {
	/** None when it was called off. */
	callback: (() => void) | undefined;
}

/** A device looks daily for what is to be done, so that time alone never ends. */
const patienceDays = 100;
const patienceMilliseconds = patienceDays * 86_400_000;

export class VirtualClock implements Clock {
	#now: number;
	#holds = 0;
	#order = 0;
	readonly #appointments = new TimeQueue<Appointment>();

	/** Starts at `start`, in milliseconds since 1970. */
	constructor(start = Date.UTC(2026, 0, 1)) {
		this.#now = start;
	}

	now(): number {
		return this.#now;
	}

	after(milliseconds: number, callback: () => void): () => void {
		const at = this.#now + Math.max(0, milliseconds);
		const appointment: Appointment = { at, order: this.#order++, callback };
		this.#appointments.add(appointment);
		return () => void (appointment.callback = undefined);
	}

	hold(): () => void {
		let isHeld = true;
		this.#holds++;
		return () => {
			if (isHeld) this.#holds--;
			isHeld = false;
		};
	}

	/**
	 * Lets time pass until `isDone`, or throws when nothing is left that could make it so, or after
	 * `limitMilliseconds`. It only looks when nobody is busy, so that what follows doesn't depend on
	 * how fast they are.
	 */
	async runUntil(isDone: () => boolean, limitMilliseconds = patienceMilliseconds): Promise<void> {
		const limit = this.#now + limitMilliseconds;
		for (;;) {
			await settled();
			if (this.#holds > 0) continue;
			if (isDone()) return;
			const next = this.#next();
			if (next === undefined) throw new Error("time stands still: nothing is going on any more");
			if (next.at > limit) throw new Error("not in " + limitMilliseconds + " milliseconds");
			this.#appointments.takeFirst();
			this.#now = next.at;
			next.callback?.();
		}
	}

	/** Lets `milliseconds` pass. */
	async run(milliseconds: number): Promise<void> {
		let isOver = false;
		this.after(milliseconds, () => (isOver = true));
		await this.runUntil(() => isOver, milliseconds);
	}

	#next(): Appointment | undefined {
		let next = this.#appointments.first;
		for (; next && next.callback === undefined; next = this.#appointments.first) {
			this.#appointments.takeFirst();
		}
		return next;
	}
}

/** Resolves when all promise callbacks have run, and I/O has had its turn. */
function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
