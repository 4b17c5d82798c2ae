/**
 * How often in a row the device has failed, kept in flash; too often, and it does without its app,
 * and then without all but its console. It stands before everything that can fail.
 *
 * A run that ended in a panic or by the watchdog is a fault. Those of another version don't count,
 * and neither do those before a run that was long enough to be called healthy.
 */

import type { Host, ResetReason } from "../host.js";
import { DmsError } from "../protocol/result.js";
import { type Copies, type Fields, RecordStore } from "../storage/record-store.js";

/** Gecko OS's limit. With fewer, a device that is fed badly would soon lose its app. */
const faultsMaximum = 8;
/** The app was not to blame for so many more: network and updates are left out too. */
const bareFaultsMaximum = 12;
/** A device that fails less often than this is still of use: its app goes on. */
const healthyMilliseconds = 600_000;
/** Nobody may come by: after so long in safe mode the app is given another chance. */
const safeModeMilliseconds = 86_400_000;

/** What of a host it takes. */
type FaultsHost = Pick<Host, "boot" | "system" | "timer">;

export class Faults {
	private readonly host: FaultsHost;
	private readonly storage: Copies;
	/** In a row, with the run before this one. */
	count = 0;
	/** Whether this run has to do without the app: console, network and update are left. */
	readonly isSafeMode: boolean;
	/** Whether it has to do without these two as well: only the console is left. */
	readonly isConsoleOnly: boolean;
	/** Why the last of them ended. */
	reason: ResetReason = "power";

	/**
	 * Reads the record, and counts the run before this one if it ended in a fault of its own.
	 * `isOwn` says of a fault whether it was; it is only asked about one. Whatever the flash does,
	 * this doesn't throw.
	 */
	constructor(host: FaultsHost, storage: Copies, isOwn: () => boolean) {
		this.host = host;
		this.storage = storage;
		this.read();
		const isCounted = !isFault(host.boot.reason) || !isOwn() || this.add(host.boot.reason);
		// Who fails and can't count it may be failing for ever.
		this.isConsoleOnly = this.count >= bareFaultsMaximum || !isCounted;
		this.isSafeMode = this.count >= faultsMaximum || !isCounted;
		if (this.isSafeMode) host.timer.set(() => this.tryAgain(), safeModeMilliseconds);
		else if (this.count > 0) {
			host.timer.set(() => this.keeps(() => this.reset()), healthyMilliseconds);
		}
	}

	/** Safe mode was asked for, not deserved. */
	get isForced(): boolean {
		return this.count >= faultsMaximum && this.reason === "software";
	}

	/** Has the next start do without the app. Throws `StorageFailed`. */
	force(): void {
		this.reason = "software";
		this.count = faultsMaximum;
		this.writeCount(this.count);
	}

	/** Forgets all faults: the next start is with the app again. Throws `StorageFailed`. */
	reset(): void {
		if (this.count > 0) this.write({});
		this.count = 0;
	}

	private read(): void {
		this.keeps(() => {
			const { count, reason, version } = this.open().read();
			if (typeof count !== "number" || version !== this.host.system.version) return;
			this.count = count;
			this.reason = reason === "watchdog" || reason === "software" ? reason : "panic";
		});
	}

	/** Whether flash knows of it. */
	private add(reason: ResetReason): boolean {
		this.reason = reason;
		if (this.count >= bareFaultsMaximum) return true;
		this.count++;
		return this.keeps(() => this.writeCount(this.count));
	}

	/** One more fault, and the device is in safe mode again. */
	private tryAgain(): void {
		this.keeps(() => this.writeCount(faultsMaximum - 1));
		this.host.system.restart();
	}

	private writeCount(count: number): void {
		this.write({ count, reason: this.reason, version: this.host.system.version });
	}

	/** Nothing in it is worth keeping over what can't be read. */
	private write(fields: Fields): void {
		const store = this.open();
		if (!this.keeps(() => store.write(fields))) store.replace(fields);
	}

	/** A device that can't keep its count goes on without: the count is to help, not to stop it. */
	private keeps(act: () => void): boolean {
		try {
			act();
			return true;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			return false;
		}
	}

	/** Made when it is needed: it would only take memory in between. */
	private open(): RecordStore {
		return new RecordStore(this.storage, "faults");
	}
}

/** Whether a run that ended so was the program's own fault. */
export function isFault(reason: ResetReason): boolean {
	return reason === "panic" || reason === "watchdog";
}
