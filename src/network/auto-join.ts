/** Joins the network without being asked: after a reset, and when it was lost. */

import { inBackground } from "../background.js";
import type { Host, TimerId } from "../host.js";
import { backoffMilliseconds, randomFraction } from "./retry.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { Network } from "./network.js";

/** A network that was away for long has the device back within this time. */
const waitMaximumMilliseconds = 240_000;

export interface AutoJoinSettings {
	readonly isEnabled: boolean;
	/**
	 * So often it is tried again after the delay, 0 for always; then the waits get longer, and never
	 * end.
	 */
	readonly retries: number;
	readonly retryDelaySeconds: number;
}

export interface AutoJoinOwner {
	readonly host: Host;
	readonly network: Network;
	readonly autoJoinSettings: AutoJoinSettings;
}

export class AutoJoin {
	private readonly owner: AutoJoinOwner;
	private failures = 0;
	private timer: TimerId | undefined;

	constructor(owner: AutoJoinOwner) {
		this.owner = owner;
	}

	/** Tries at once, if that is wanted; the retries are counted anew. */
	begin(): void {
		this.failures = 0;
		this.schedule(0);
	}

	private schedule(milliseconds: number): void {
		const { host, autoJoinSettings } = this.owner;
		if (this.timer !== undefined) host.timer.clear(this.timer);
		this.timer = undefined;
		if (!autoJoinSettings.isEnabled) return;
		this.timer = host.timer.set(() => inBackground(host, this.try()), milliseconds);
	}

	private async try(): Promise<void> {
		this.timer = undefined;
		try {
			await this.owner.network.up();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			if (error.result === DmsResult.NetworkNotSet) return; // That takes a person.
			this.failures++;
			this.schedule(this.waitMilliseconds());
		}
	}

	private waitMilliseconds(): number {
		const { autoJoinSettings, host } = this.owner;
		const { retries, retryDelaySeconds } = autoJoinSettings;
		const delay = retryDelaySeconds * 1000;
		if (retries === 0 || this.failures <= retries) return delay;
		const wait = backoffMilliseconds(this.failures, randomFraction(host.crypto));
		return Math.max(delay, Math.min(wait, waitMaximumMilliseconds));
	}
}
