/** Where the record of updates is kept, and what is known of it while flash fails. */

import type { MessagePackMap } from "../protocol/message-pack.js";
import { DmsError } from "../protocol/result.js";
import { type Copies, RecordStore } from "../storage/record-store.js";
import { type Running, type UpdateRecord, updateRecordOf } from "./record.js";
import { DfuError, DfuStatus } from "./status.js";

export class UpdateStore {
	private readonly storage: Copies;
	readonly running: Running;
	/** The record, while flash holds an older one because it didn't take this one. */
	private unwritten: MessagePackMap | undefined;

	constructor(storage: Copies, running: Running) {
		this.storage = storage;
		this.running = running;
	}

	/**
	 * The record to decide by. Throws `StorageFailed` when it can't be read for certain: an older one
	 * would let older images in.
	 */
	read(): UpdateRecord {
		const store = this.open();
		const fields = this.unwritten ?? store.read();
		if (store.isDoubtful) throw new DfuError(DfuStatus.StorageFailed);
		return updateRecordOf(fields, this.running);
	}

	/** The record as far as it can be read: good enough to show. */
	get shown(): UpdateRecord {
		try {
			return updateRecordOf(this.unwritten ?? this.open().read(), this.running);
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			return updateRecordOf({}, this.running);
		}
	}

	/**
	 * Whether the run before this one was another image's trial, as long as nobody has noted its end:
	 * how that ended is none of this image's faults.
	 */
	get isAfterTrial(): boolean {
		return !this.running.boot.isOnTrial && this.shown.trial?.isArmed === true;
	}

	/** Throws `StorageFailed`. */
	write(fields: MessagePackMap): void {
		this.open().write(fields);
		this.unwritten = undefined;
	}

	/** Goes on with `fields` in memory when flash doesn't take them. Throws `StorageFailed` then. */
	note(fields: MessagePackMap): void {
		this.unwritten = fields;
		this.write(fields);
	}

	/** Made when it is needed: it would only take memory in between. */
	private open(): RecordStore {
		return new RecordStore(this.storage, "update");
	}
}
