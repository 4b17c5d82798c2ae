/**
 * How often in a row the device has failed, kept in flash; too often, and it starts in safe mode.
 *
 * A run that ended in a panic or by the watchdog is a fault. Those of another version don't count,
 * and neither do those before a run that was long enough to be called healthy.
 */

import type { Host, KeyValueDomain, ResetReason } from "../host.js";
import { DmsError } from "../protocol/result.js";
import { RecordStore } from "../storage/record-store.js";

/** Gecko OS's limit. With fewer, a device that is fed badly would soon lose its app. */
const faultsMaximum = 8;
/** A device that fails less often than this is still of use: its app goes on. */
const healthyMilliseconds = 600_000;

/** What of a host it takes. */
type FaultsHost = Pick<Host, "boot" | "system" | "timer">;

export class Faults {
	readonly #host: FaultsHost;
	readonly #storage: KeyValueDomain;
	/** In a row, with the run before this one. */
	count = 0;
	/** Whether this run has to do without the app: console, network and update are left. */
	readonly isSafeMode: boolean;
	/** Why the last of them ended. */
	reason: ResetReason = "power";

	/** Reads the record, and counts the run before this one if it ended in a fault of its own. */
	constructor(host: FaultsHost, storage: KeyValueDomain, isCounted: boolean) {
		this.#host = host;
		this.#storage = storage;
		const { count, reason, version } = this.#open().read();
		if (typeof count === "number" && version === host.system.version) {
			this.count = count;
			this.reason = reason === "watchdog" ? reason : "panic";
		}
		if (isCounted && isFault(host.boot.reason)) this.#add(host.boot.reason);
		this.isSafeMode = this.count >= faultsMaximum;
		if (this.count > 0 && !this.isSafeMode) {
			host.timer.set(() => this.#keep(() => this.reset()), healthyMilliseconds);
		}
	}

	/** Forgets all faults: the next start is with the app again. Throws `StorageFailed`. */
	reset(): void {
		const store = this.#open();
		if (store.read().count !== undefined) store.write({});
		this.count = 0;
	}

	#add(reason: ResetReason): void {
		this.reason = reason;
		if (this.count >= faultsMaximum) return;
		this.count++;
		const store = this.#open();
		store.read();
		const { version } = this.#host.system;
		this.#keep(() => store.write({ count: this.count, reason, version }));
	}

	/** A device that can't keep its count goes on without: the count is to help, not to stop it. */
	#keep(write: () => void): void {
		try {
			write();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
		}
	}

	/** Made when it is needed: it would only take memory in between. */
	#open(): RecordStore {
		return new RecordStore(this.#storage, "faults");
	}
}

/** Whether a run that ended so was the program's own fault. */
export function isFault(reason: ResetReason): boolean {
	return reason === "panic" || reason === "watchdog";
}
