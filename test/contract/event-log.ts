/** What callbacks have said, in order, and a way to wait for more. */

import type { Host } from "../../src/host.js";

/**
 * All calls into a host that may lead to callbacks go through `calling`: a callback that comes from
 * inside one breaks the first rule of hosts, whatever port it is of.
 */
export class EventLog {
	readonly entries: string[] = [];
	#callDepth = 0;
	#isInCallback = false;
	#fault: string | undefined;
	#wake: () => void = () => undefined;

	/** Calls the host. */
	calling<T>(call: () => T): T {
		this.#callDepth++;
		try {
			return call();
		} finally {
			this.#callDepth--;
		}
	}

	/** For the body of a callback: notes `entry`, then acts. */
	called(entry: string, act: () => void = () => undefined): void {
		if (this.#callDepth > 0) this.#fault = entry + " came from inside a call";
		if (this.#isInCallback) this.#fault = entry + " came during another callback";
		this.#isInCallback = true;
		this.entries.push(entry);
		try {
			act();
		} catch (error) {
			this.#fault = String(error);
		}
		this.#isInCallback = false;
		this.#wake();
	}

	/** Resolves when `isSo`; callbacks are what can make it so. */
	async until(isSo: () => boolean): Promise<void> {
		while (this.#fault === undefined && !isSo()) {
			await new Promise<void>((resolve) => (this.#wake = resolve));
		}
		if (this.#fault !== undefined) throw new Error(this.#fault);
	}

	/** Throws when a callback has broken the rule. */
	check(): void {
		if (this.#fault !== undefined) throw new Error(this.#fault);
	}
}

/** Long enough for what is on its way to a callback to get there. */
const pauseMilliseconds = 50;

export function pause(host: Host, milliseconds = pauseMilliseconds): Promise<void> {
	return new Promise((resolve) => void host.timer.set(resolve, milliseconds));
}
