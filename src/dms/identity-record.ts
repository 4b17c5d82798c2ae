/** The record of who the device is, and what is known of it while flash can't be read. */

import type { MessagePackMap } from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { RecordStore } from "../storage/record-store.js";
import { type Identity, identityOf, statusOf } from "./lifecycle.js";
import { ProvisionStatus } from "./provision-status.js";

const unreadableSentence =
	"This device has an identity, but its flash could not be read. Reboot, then try again. " +
	"If it never can be: dms_forget <MAC>";

export class IdentityRecord {
	private readonly store: RecordStore;
	/** As it was read last. */
	private identity: Identity = identityOf({});
	/** Flash holds a record that could not be read, or not for certain. */
	private isUnread = true;
	/** Nothing at all is known of it. */
	private isLost = false;
	/** An older copy may be left, with the token perhaps. */
	isHalf = false;

	/** Reads the record. Whatever the flash does, this doesn't throw: a device must start. */
	constructor(store: RecordStore) {
		this.store = store;
		this.read();
	}

	/** The identity, read again as long as it isn't known for certain. */
	get known(): Identity {
		if (this.isUnread) this.read();
		return this.identity;
	}

	get status(): ProvisionStatus {
		return statusOf(this.known);
	}

	/** Provisioning is begun, and not complete. */
	get isHalfway(): boolean {
		const { status } = this;
		return (
			status === ProvisionStatus.IncompleteAndHaveToken ||
			status === ProvisionStatus.CompleteButNoAck
		);
	}

	/** Whether flash holds an identity that can't be read: it looks like none then. */
	get isUnreadable(): boolean {
		if (this.isLost) this.read();
		return this.isLost;
	}

	/** What can't be read may be good: nobody begins anew over it. Throws `StorageFailed`. */
	check(): void {
		if (this.isUnreadable) throw new DmsError(DmsResult.StorageFailed, unreadableSentence);
	}

	/** Flash first, then memory. Throws `StorageFailed`. */
	write(fields: MessagePackMap): void {
		this.store.write(fields);
		this.identity = identityOf(fields);
		this.isUnread = false;
	}

	/** Nothing is left of it, also where it can't be read. Throws `StorageFailed`. */
	forget(): void {
		this.store.replace({});
		this.read();
	}

	/** Leaves no older copy of what is known. Throws `StorageFailed`. */
	mirror(): void {
		this.isHalf = true;
		const { fields } = this.known;
		if (this.isUnread) throw new DmsError(DmsResult.StorageFailed);
		this.store.mirror(fields);
		this.isHalf = false;
	}

	/** What a cut of power left undone. Worn flash must not keep a device from starting. */
	mirrorIfPossible(): void {
		try {
			this.mirror();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
		}
	}

	/** Flash has failed, and is to be tried again. */
	get isBehind(): boolean {
		return this.isUnreadable || this.isHalf;
	}

	private read(): void {
		try {
			this.identity = identityOf(this.store.read());
			this.isUnread = this.store.isDoubtful;
			this.isLost = false;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			this.isLost = true;
		}
	}
}
