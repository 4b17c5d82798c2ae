/** The Device Management Service as the device's program sees it: the three calls, and claim. */

import type { Host } from "../host.js";
import type { Network } from "../network/network.js";
import { newPrivateKey } from "../protocol/key.js";
import { encodeMap, type MessagePackMap } from "../protocol/message-pack.js";
import { type ClaimReply, decodeClaimReply, decodeMessage, path } from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { parseToken, type ProvisioningToken } from "../protocol/token.js";
import type { RecordStore } from "../storage/record-store.js";
import { Decisions } from "./decisions.js";
import { IdentityRecord } from "./identity-record.js";
import {
	type Identity,
	withCredentials,
	withoutToken,
	withFactorySettings,
	withoutRelease,
	withToken,
} from "./lifecycle.js";
import { ProvisionStatus } from "./provision-status.js";
import type { DmsOwner } from "./owner.js";
import { Pairs } from "./pairs.js";
import { credentialsCall, credentialsIn, type Facts } from "./provisioning.js";
import { endOf, isRenewalDue, renew } from "./renewal.js";
import { type Call, type Relation, Service } from "./service.js";
import { keepTime, storeTime } from "./time.js";

export class Dms {
	readonly decisions = new Decisions();
	private readonly host: Host;
	private readonly network: Network;
	private readonly record: IdentityRecord;
	private readonly pairs: Pairs;
	private readonly owner: DmsOwner;
	private readonly service: Service;
	/** Calls are serialised: each begins when the one before has ended. */
	private last: Promise<unknown> = Promise.resolve();

	/** Reads the record, and finishes what a cut of power left unfinished. */
	constructor(host: Host, network: Network, store: RecordStore, owner: DmsOwner) {
		this.host = host;
		this.network = network;
		this.record = new IdentityRecord(store);
		this.pairs = new Pairs(this.record);
		this.owner = owner;
		this.service = new Service(host, network);
		if (this.provisionStatus === ProvisionStatus.Complete) this.record.mirrorIfPossible();
		keepTime(host, this.known);
	}

	/** `gos_dms_get_provision_status()`. */
	get provisionStatus(): ProvisionStatus {
		return this.record.status;
	}

	/** 40 hexadecimal digits: the service's for this device, or the one that was set; or empty. */
	get uuid(): string {
		return this.known.uuid ?? this.owner.dmsSettings.uuid;
	}

	/** Where the service is: `host` or `host:port`; empty when nobody has said. */
	get address(): string {
		const { address, token } = this.known;
		return this.owner.dmsSettings.host || address || (token && this.parse(token).address) || "";
	}

	/** Something is begun that only the service can finish. */
	get isUnfinished(): boolean {
		const { isHalfway, isBehind, known } = this.record;
		return isHalfway || known.isReleasePending || isBehind || this.isRenewalDue;
	}

	/**
	 * A certificate is to be followed by the next, or has been begun to. Not on trial: the image
	 * before, which may come back, need not know what is written then.
	 */
	get isRenewalDue(): boolean {
		const { certificate, next } = this.known;
		if (this.provisionStatus !== ProvisionStatus.Complete || certificate === undefined)
			return false;
		if (next !== undefined) return true;
		return !this.host.boot.isOnTrial && isRenewalDue(certificate, this.time);
	}

	/** Nobody has told the time since the reset, though somebody could: a clock starts anew then. */
	get isTimeUnknown(): boolean {
		const isComplete = this.provisionStatus === ProvisionStatus.Complete;
		return isComplete && this.service.greeted === undefined && this.network.isUp;
	}

	/** The service's operator refuses it, as far as the last answer says. */
	get isLockedOut(): boolean {
		return this.service.isLockedOut;
	}

	/** When the device's certificate ends, in seconds since 1970; 0 when it has none. */
	get certificateEnd(): number {
		return endOf(this.known.certificate);
	}

	/** Whether flash holds an identity that can't be read: it looks like none then. */
	get isUnreadable(): boolean {
		return this.record.isUnreadable;
	}

	/**
	 * `gos_dms_provision(token)`: gets the device its credentials, with the token given or the one
	 * stored. It can be called any number of times, and goes on where it was. Rejects with a
	 * `DmsError`.
	 */
	provision(token?: string): Promise<void> {
		return this.serialise(() => {
			if (token !== undefined) this.storeToken(token);
			return this.decisions.noting("provision", this.provisionAlone());
		});
	}

	/** Stores a token without using it yet. Rejects with `TokenMistyped` or `StorageFailed`. */
	setToken(token: string): Promise<void> {
		return this.serialise(async () => this.storeToken(token));
	}

	/** Makes the user who issued the token the device's owner. Needs status 3. */
	claim(token: string): Promise<ClaimReply> {
		return this.serialise(() => this.decisions.noting("claim", this.claimAlone(token)));
	}

	/**
	 * `gos_dms_activate(product_code, &response)`: ties the device to a product. Resolves with what
	 * this firmware knows of the service's answer. Needs status 3, and an owner who may use the
	 * product.
	 */
	activate(productCode: string): Promise<MessagePackMap> {
		return this.serialise(() => this.decisions.noting("activate", this.activateAlone(productCode)));
	}

	/** A signed call for another part of the program. Needs status 3. */
	call(call: Call): Promise<Uint8Array> {
		return this.serialise(async () => {
			await this.becomeReady();
			return this.callKnown(call);
		});
	}

	/** How long the service has asked to be left alone, in milliseconds from now on. */
	get waitMilliseconds(): number {
		return this.service.waitMilliseconds;
	}

	/**
	 * Goes on with what is unfinished, if anything is. Resolves with whether the device has become
	 * provisioned by it; another call may have seen to that before its turn came.
	 */
	finish(): Promise<boolean> {
		return this.serialise(async () => {
			const isToProvision = this.record.isHalfway;
			if (isToProvision) await this.decisions.noting("provision", this.provisionAlone());
			if (this.record.isHalf) this.record.mirror();
			if (this.known.isReleasePending) await this.release();
			if (this.isRenewalDue || this.isTimeUnknown) {
				const { host, service, record, pairs } = this;
				await renew({ host, service, record, pairs, dms: this });
			}
			return isToProvision;
		});
	}

	/**
	 * The device's part of a reset to factory settings: nothing of its owner's is left, and a wrong
	 * time is released. The service hears of it with `tellRelease`, or at the next occasion.
	 */
	resetOwner(): Promise<void> {
		return this.serialise(async () => {
			this.record.write(withFactorySettings(this.known));
			this.record.mirror();
			this.service.greeted = undefined; // Its time is forgotten, too.
			this.decisions.owner = "";
		});
	}

	/** Tells the service that the owner is released, if it doesn't know; nothing else is finished. */
	tellRelease(): Promise<void> {
		return this.serialise(async () => {
			if (this.known.isReleasePending) await this.release();
		});
	}

	/** Forgets who the device is, for good: the next token makes it another. */
	forget(): Promise<void> {
		const result = this.last.then(() => {
			this.record.forget();
			this.service.greeted = undefined; // Its time is forgotten, too.
			this.decisions.owner = "";
			this.decisions.forgetFrom("provision");
		});
		this.last = result.catch(() => undefined);
		return result;
	}

	/** What the service has told, in seconds since 1970; until it has, the last that was stored. */
	get time(): number {
		return this.service.time;
	}

	private storeTime(): void {
		const isKnown = this.service.greeted !== undefined;
		if (isKnown && this.provisionStatus === ProvisionStatus.Complete)
			storeTime(this.host, this.record, this);
	}

	private get known(): Identity {
		return this.record.known;
	}

	private async provisionAlone(): Promise<void> {
		if (this.provisionStatus === ProvisionStatus.IncompleteAndNoToken) fail(DmsResult.NoToken);
		if (this.provisionStatus === ProvisionStatus.IncompleteAndHaveToken) {
			const asking = { ...this.held, facts: this.facts, uuid: this.owner.dmsSettings.uuid };
			const bytes = await this.service.call(this.relation(), credentialsCall(this.host, asking));
			const credentials = await credentialsIn(bytes, this.host, this.service, asking);
			this.record.write(withCredentials(this.known, credentials, this.service.time));
		}
		if (this.provisionStatus === ProvisionStatus.CompleteButNoAck) {
			await this.callKnown({ method: "PUT", path: path.provision });
			this.record.write(withoutToken(this.known, this.service.time));
			this.record.mirror();
		}
	}

	/** A key pair for each token: one that a lost token is bound to must not come back. */
	private storeToken(token: string): void {
		const status = this.provisionStatus;
		if (status === ProvisionStatus.Complete || status === ProvisionStatus.CompleteButNoAck) return;
		this.parse(token);
		if (this.known.token === token) return;
		this.record.write(withToken(this.known, token, newPrivateKey(this.host.crypto)));
		this.decisions.forgetFrom("provision");
	}

	/** In status 1: the token, and the key that was made for it. */
	private get held(): { key: Uint8Array; token: ProvisioningToken } {
		const { key, token } = this.known;
		if (key === undefined || token === undefined) return fail(DmsResult.NoToken);
		return { key, token: this.parse(token) };
	}

	/** What tells this piece of hardware from others: its MAC address, 12 hexadecimal digits. */
	get hardware(): string {
		return this.network.mac.split(":").join("") || "unknown";
	}

	/** What the device is, for the service. */
	private get facts(): Facts {
		const { platform, version } = this.host.system;
		return { hardware: this.hardware, platform, version };
	}

	/** For what only a provisioned device may ask; the owner before it is released first. */
	private async becomeReady(): Promise<void> {
		if (this.provisionStatus !== ProvisionStatus.Complete) fail(DmsResult.NotProvisioned);
		if (this.known.isReleasePending) await this.release();
	}

	private async claimAlone(token: string): Promise<ClaimReply> {
		await this.becomeReady();
		// An activation token names its product: `ACME-LAMP/73WB-...`. The letters alone are secret.
		const slash = token.lastIndexOf("/");
		const body = encodeMap({ token: token.slice(slash + 1), version: this.host.system.version });
		const bytes = await this.callKnown({ method: "POST", path: path.claim, body });
		const reply = decodeClaimReply(bytes) ?? fail(DmsResult.BadReply);
		this.decisions.owner = reply.user;
		// The service alone can't move a device to another product.
		const isNamed = slash > 0 && reply.product === token.slice(0, slash);
		if (isNamed) this.takeProduct(reply.product, reply.key);
		return reply;
	}

	private async activateAlone(productCode: string): Promise<MessagePackMap> {
		await this.becomeReady();
		const body = encodeMap({ product: productCode, version: this.host.system.version });
		const bytes = await this.callKnown({ method: "POST", path: path.activate, body });
		const answer = decodeMessage(bytes) ?? fail(DmsResult.BadReply);
		this.takeProduct(productCode, answer.key instanceof Uint8Array ? answer.key : undefined);
		delete answer.key;
		return answer;
	}

	private takeProduct(product: string, key: Uint8Array | undefined): void {
		this.decisions.product = product;
		this.owner.onProduct(product, key);
	}

	private async release(): Promise<void> {
		await this.callKnown({ method: "DELETE", path: path.claim });
		this.record.write(withoutRelease(this.known, this.service.time));
	}

	/**
	 * A service restored from a backup may not know this device, or not that it is provisioned, until
	 * it shows its certificate. No function waits here: a waiting one takes memory in a download.
	 */
	callKnown(call: Call): Promise<Uint8Array> {
		return this.service.call(this.relation(), call).catch((error: unknown) => {
			const result = error instanceof DmsError ? error.result : undefined;
			const isLost = result === DmsResult.DeviceUnknown || result === DmsResult.NotProvisioned;
			if (isLost) return this.callAgain(call);
			if (!this.pairs.isOtherToBeTried(error)) throw error;
			return this.service.call(this.relation(), call);
		});
	}

	private async callAgain(call: Call): Promise<Uint8Array> {
		const { certificate } = this.pairs.used;
		const body = encodeMap({ certificate, ...this.facts });
		const relation = this.relation();
		try {
			await this.service.call(relation, { method: "PUT", path: path.provision, body });
		} catch (error) {
			if (!this.pairs.isOtherToBeTried(error)) throw error;
		}
		return this.service.call(this.relation(), call);
	}

	relation(): Relation {
		return this.pairs.relation(this.host, this.address);
	}

	private parse(token: string): ProvisioningToken {
		return parseToken(token, this.host.crypto) ?? fail(DmsResult.TokenMistyped);
	}

	private serialise<T>(operation: () => Promise<T>): Promise<T> {
		const turn = (): Promise<T> => {
			this.record.check();
			return operation();
		};
		const result = this.last.then(turn, turn);
		this.last = result.then(
			() => this.storeTime(),
			() => undefined,
		);
		return result;
	}
}

function fail(result: DmsResult): never {
	throw new DmsError(result);
}
