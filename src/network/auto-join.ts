/** Joins the network without being asked: after a reset, and when it was lost. */

import { inBackground } from "../background.js";
import type { Host, TimerId } from "../host.js";
import { DmsError } from "../protocol/result.js";
import type { Network } from "./network.js";

export interface AutoJoinSettings {
	readonly isEnabled: boolean;
	/** How often it is tried again in a row. */
	readonly retries: number;
	readonly retryDelaySeconds: number;
}

export interface AutoJoinOwner {
	readonly host: Host;
	readonly network: Network;
	readonly autoJoinSettings: AutoJoinSettings;
}

export class AutoJoin {
	readonly #owner: AutoJoinOwner;
	#failures = 0;
	#timer: TimerId | undefined;

	constructor(owner: AutoJoinOwner) {
		this.#owner = owner;
	}

	/** Tries at once, if that is wanted; the retries are counted anew. */
	begin(): void {
		this.#failures = 0;
		this.#schedule(0);
	}

	#schedule(milliseconds: number): void {
		const { host, autoJoinSettings } = this.#owner;
		if (this.#timer !== undefined) host.timer.clear(this.#timer);
		this.#timer = undefined;
		if (!autoJoinSettings.isEnabled) return;
		this.#timer = host.timer.set(() => inBackground(host, this.#try()), milliseconds);
	}

	async #try(): Promise<void> {
		this.#timer = undefined;
		try {
			await this.#owner.network.up();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			const { retries, retryDelaySeconds } = this.#owner.autoJoinSettings;
			if (this.#failures++ < retries) this.#schedule(retryDelaySeconds * 1000);
		}
	}
}
