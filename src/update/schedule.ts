/** When a device sees to its updates by itself. */

import { inBackground } from "../background.js";
import { backoffMilliseconds, randomFraction } from "../network/retry.js";
import type { TimerId } from "../host.js";
import type { DfuOwner } from "./owner.js";

/** Doublings of the first wait after a failure: 1 to 4 minutes, and up to an hour later. */
const failureDoublings = 7;
/** How often a service is asked that doesn't say how often it wants to be: once a day. */
const intervalDefaultSeconds = 86_400;
const intervalMinimumSeconds = 60;
/** A service can't send a device away for longer. */
const intervalMaximumSeconds = 7 * 86_400;

/**
 * Before an image is started again, or another one after it: it doubles with each start since one
 * was confirmed, up to a day. So a device spends few starts and writes a day on images that are no
 * good, whichever they are and however their trials end.
 */
const armWaitMilliseconds = 64_000;
const armWaitMaximumMilliseconds = 86_400_000;
const armDoublingsMaximum = 11;

/** Whose time it is. */
export interface Scheduled {
	/** How many images were started since one was good. */
	readonly starts: number;
	/** What there is to do when it is time. */
	work(): Promise<void>;
}

export class Schedule {
	private readonly owner: DfuOwner;
	private readonly scheduled: Scheduled;
	/** Failures in a row of what nobody has asked for. */
	failures = 0;
	private timer: TimerId | undefined;
	private intervalSeconds = intervalDefaultSeconds;

	constructor(owner: DfuOwner, scheduled: Scheduled) {
		this.owner = owner;
		this.scheduled = scheduled;
	}

	/** How often the service wants to be asked. */
	setInterval(seconds = intervalDefaultSeconds): void {
		const interval = Math.max(seconds, intervalMinimumSeconds);
		this.intervalSeconds = Math.min(interval, intervalMaximumSeconds);
	}

	/** The next time to ask is `fraction` of the interval away: the first spreads the devices. */
	poll(fraction: number): void {
		const milliseconds = this.intervalSeconds * 1000 * fraction;
		this.set(this.owner.dfuSettings.isPolling ? milliseconds : undefined);
	}

	/** An image that is there has another start, after so many failures. */
	retryTrial(failures: number): void {
		this.set(this.backoff(failures));
	}

	/** What a little time mends doesn't wait for the next poll; but for no longer than that. */
	retry(): void {
		const { dfuSettings, dms } = this.owner;
		const wait = Math.min(this.backoff(this.failures), this.intervalSeconds * 1000);
		if (dfuSettings.isPolling) this.set(dms.waitMilliseconds + wait);
	}

	/** How long after the reset nothing is started that nobody asked for. */
	private get armWait(): number {
		const { clock, crypto } = this.owner.host;
		const { starts } = this.scheduled;
		if (starts === 0) return 0;
		const doubled = armWaitMilliseconds * 2 ** Math.min(starts, armDoublingsMaximum);
		const ceiling = Math.min(doubled, armWaitMaximumMilliseconds);
		const wait = (ceiling * (1 + randomFraction(crypto))) / 2;
		return Math.max(0, Math.floor(wait - clock.ticks()));
	}

	private backoff(failures: number): number {
		const fraction = randomFraction(this.owner.host.crypto);
		return backoffMilliseconds(failureDoublings + failures, fraction);
	}

	private set(milliseconds: number | undefined): void {
		const { host } = this.owner;
		if (this.timer !== undefined) host.timer.clear(this.timer);
		this.timer = undefined;
		if (milliseconds === undefined) return;
		const wait = Math.max(milliseconds, this.armWait);
		this.timer = host.timer.set(() => inBackground(host, this.scheduled.work()), wait);
	}
}
