/** When a device sees to its updates by itself. */

import { inBackground } from "../background.js";
import { backoffMilliseconds, fractionOf } from "../dms/retry.js";
import type { TimerId } from "../host.js";
import type { DfuOwner } from "./owner.js";

/** Doublings of the first wait after a failure: 1 to 4 minutes, and up to an hour later. */
const failureDoublings = 7;
/** How often a service is asked that doesn't say how often it wants to be: once a day. */
const intervalDefaultSeconds = 86_400;
const intervalMinimumSeconds = 60;
/** A service can't send a device away for longer. */
const intervalMaximumSeconds = 7 * 86_400;

export class Schedule {
	readonly #owner: DfuOwner;
	readonly #act: () => Promise<void>;
	/** Failures in a row of what nobody has asked for. */
	failures = 0;
	#timer: TimerId | undefined;
	#intervalSeconds = intervalDefaultSeconds;

	constructor(owner: DfuOwner, act: () => Promise<void>) {
		this.#owner = owner;
		this.#act = act;
	}

	/** How often the service wants to be asked. */
	setInterval(seconds = intervalDefaultSeconds): void {
		const interval = Math.max(seconds, intervalMinimumSeconds);
		this.#intervalSeconds = Math.min(interval, intervalMaximumSeconds);
	}

	/** The next time to ask is `fraction` of the interval away: the first spreads the devices. */
	poll(fraction: number): void {
		const milliseconds = this.#intervalSeconds * 1000 * fraction;
		this.#set(this.#owner.dfuSettings.isPolling ? milliseconds : undefined);
	}

	/** An image that is there has another start, after so many failures. */
	retryTrial(failures: number): void {
		this.#set(this.#backoff(failures));
	}

	/** What a little time mends doesn't wait for the next poll; but for no longer than that. */
	retry(): void {
		const { dfuSettings, dms } = this.#owner;
		const wait = Math.min(this.#backoff(this.failures), this.#intervalSeconds * 1000);
		if (dfuSettings.isPolling) this.#set(dms.waitMilliseconds + wait);
	}

	#backoff(failures: number): number {
		const fraction = fractionOf(this.#owner.host.crypto.random(4));
		return backoffMilliseconds(failureDoublings + failures, fraction);
	}

	#set(milliseconds: number | undefined): void {
		const { host } = this.#owner;
		if (this.#timer !== undefined) host.timer.clear(this.#timer);
		this.#timer = undefined;
		if (milliseconds === undefined) return;
		this.#timer = host.timer.set(() => inBackground(host, this.#act()), milliseconds);
	}
}
