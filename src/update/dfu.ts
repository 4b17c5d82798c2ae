/**
 * Device firmware update: asks for a bundle, gets its image into the other slot, arms it, and sees
 * to it that a new image proves itself before it stays.
 */

import { freshStack, inBackground } from "../background.js";
import type { Call } from "../dms/service.js";
import { randomFraction } from "../network/retry.js";
import { encodeMap } from "../protocol/message-pack.js";
import { path } from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { bundlePath, decodeUpdateOffer, type UpdateOffer } from "../protocol/update.js";
import { download } from "./download.js";
import {
	ended,
	endOf,
	givenUp,
	isRefused,
	isRunning,
	nextTrial,
	statusOf,
	type Trial,
	withTrial,
} from "./record.js";
import type { DfuOwner } from "./owner.js";
import { goBack, prove, trialMilliseconds } from "./proof.js";
import { Schedule } from "./schedule.js";
import {
	badStatement,
	DfuError,
	dfuSentence,
	DfuStatus,
	isFinal,
	isOutage,
	passOver,
	type QueryResult,
	queryResultOf,
	statusOfError,
} from "./status.js";
import {
	checkStatement,
	floorAfter,
	statementIn,
	type TrustedStatement,
	withKey,
} from "./trust.js";
import { questionOf } from "./question.js";
import { productIn, withProduct } from "./products.js";
import type { UpdateStore } from "./update-store.js";

/** The console restarts the device as soon as its answer is out; who else asked has this long. */
const restartMilliseconds = 1000;

export class Dfu {
	private readonly owner: DfuOwner;
	private readonly store: UpdateStore;
	/** `gos_dms_get_dfu_status()`: of the last update since the reset. */
	status: DfuStatus = DfuStatus.None;
	/** The run before this one was another image's trial. */
	private readonly isAfterTrial: boolean;
	/** The service could not be reached since the reset: others may have met the same outage. */
	private wasOut = false;
	private updating: Promise<boolean> | undefined;
	private readonly schedule: Schedule;
	/** How much of the image is there, as reports say it. */
	private percent = 0;
	/** What waits for the end of a trial. */
	private whenTrialEnds: (() => void) | undefined;

	/**
	 * Reads the record, and notes how a trial ended that was going on before the reset. Whatever the
	 * flash does, this doesn't throw: a device must start.
	 */
	constructor(owner: DfuOwner, store: UpdateStore) {
		this.owner = owner;
		this.store = store;
		this.schedule = new Schedule(owner, this);
		this.isAfterTrial = store.isAfterTrial;
		try {
			this.noteEnd();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			this.status = DfuStatus.StorageFailed;
		}
	}

	private noteEnd(): void {
		const record = this.store.read();
		const { trial } = record;
		const { boot } = this.owner.host;
		if (trial === undefined) return;
		if (boot.isOnTrial) {
			this.status = DfuStatus.Pending;
			return;
		}
		const now = trial.isArmed ? ended(trial, boot.reason) : trial;
		this.status = statusOf(now);
		if (trial.isArmed) this.store.note(withTrial(record, now));
	}

	/** Goes on with what a reset has interrupted, or waits for the time to ask. */
	begin(): void {
		const { host } = this.owner;
		try {
			this.resume();
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			this.owner.log("[Update: " + error.message + "]");
			// The image before this one may find its record readable again.
			if (host.boot.isOnTrial) host.timer.set(() => host.system.restart(), trialMilliseconds);
			else this.schedule.poll(1);
		}
	}

	private resume(): void {
		const { host } = this.owner;
		const record = this.store.read();
		const { trial } = record;
		// Nothing is known of this trial: the image before this one may know more.
		if (trial === undefined && host.boot.isOnTrial) throw new DfuError(DfuStatus.StorageFailed);
		if (trial !== undefined && this.isAfterTrial) this.owner.log("[" + endOf(trial) + "]");
		if (trial !== undefined && host.boot.isOnTrial) {
			if (!isRunning(trial, this.store.running)) {
				return goBack(host, this.store, withTrial(record, givenUp(trial, "mismatched")));
			}
			inBackground(host, this.prove(trial));
		} else if (trial !== undefined && (this.isAfterTrial || !isRefused(trial))) {
			this.schedule.retryTrial(0);
			// It met an outage, or it is no good: it was the latter if we meet none now.
			if (trial.isUnreached) inBackground(host, this.ask(undefined).catch(passOver));
		} else this.schedule.poll(randomFraction(host.crypto));
	}

	/** See `Device`. */
	afterTrial(act: () => void): void {
		if (this.owner.host.boot.isOnTrial) this.whenTrialEnds = act;
		else act();
	}

	/** How the last update since the reset stands, for a person; empty without one. */
	get sentence(): string {
		return this.status === DfuStatus.None ? "" : dfuSentence(this.status);
	}

	/** Images that were started since one was good. */
	get starts(): number {
		return this.store.shown.starts;
	}

	/** UUID of the bundle whose image runs; empty for an image that came by cable. */
	get bundle(): string {
		const { trial, bundle } = this.store.shown;
		return trial !== undefined && isRunning(trial, this.store.running) ? trial.bundle : bundle;
	}

	/** Code of the product whose updates the device takes; empty without one. */
	get product(): string {
		return productIn(this.store.shown.fields);
	}

	/** `gos_dms_clear_dfu_status()`. */
	clearStatus(): void {
		this.status = DfuStatus.None;
	}

	/** `gos_dms_dfu_query()`: whether there is an update for this device. Rejects with `DmsError`. */
	query(): Promise<QueryResult> {
		return this.ask(undefined).then(queryResultOf);
	}

	/**
	 * `gos_dms_ota_update(version)`: gets the newest image that is for this device, or the one of
	 * this version, and starts it. Resolves with true shortly before the restart, and with false
	 * when the device is up to date. It goes on where another try has ended. Rejects with a
	 * `DmsError`.
	 */
	update(version?: string): Promise<boolean> {
		this.updating ??= this.try(version).finally(() => (this.updating = undefined));
		return this.updating;
	}

	/**
	 * The device is on `product` from now on; `key` is the product's key statement, if there is one.
	 * Without it none is pinned: what the former product's key has signed is not for this one. Throws
	 * a `DfuError`.
	 */
	takeProduct(product: string, key: Uint8Array | undefined): void {
		const { host } = this.owner;
		let fields = withProduct(host.crypto, this.store.read(), product);
		try {
			if (key !== undefined) fields = withKey(host, fields, key);
		} finally {
			this.store.write(fields);
		}
	}

	/** All in one: each function that waits takes memory, and an image's way is long. */
	private async try(version: string | undefined): Promise<boolean> {
		this.status = DfuStatus.Pending;
		this.percent = 0;
		let bundle: string | undefined;
		await freshStack();
		try {
			const { boot } = this.owner.host;
			if (boot.isOnTrial) throw new DfuError(DfuStatus.OnTrial);
			if (!boot.canArm) throw new DfuError(DfuStatus.ArmRefused);
			bundle = (await this.ask(version)).bundle;
			if (bundle === undefined) return this.beUpToDate();
			const statement = await this.fetchStatement(bundle);
			const trial = this.trialOf(bundle, statement);
			if (trial === undefined) return this.beUpToDate();
			await download(this.owner, bundle, statement, (percent) => this.gain(percent));
			// Who downloads for long may have been told otherwise in the meantime.
			const isFresh = this.percent === 0;
			if (!isFresh && (await this.ask(version)).bundle !== bundle) {
				throw new DfuError(DfuStatus.NotOffered);
			}
			this.percent = 100;
			await this.report(bundle);
			this.arm(trial, statement);
			return true;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			this.status = statusOfError(error, bundle !== undefined);
			if (!isFinal(this.status)) this.schedule.retry();
			else if (bundle !== undefined) await this.report(bundle);
			throw error;
		}
	}

	/** One more block is there: whatever failed before, the next failure is the first. */
	private gain(percent: number): void {
		this.percent = percent;
		this.schedule.failures = 0;
	}

	private beUpToDate(): false {
		this.status = DfuStatus.UpToDate;
		return false;
	}

	/** What waits for the service in a chain, and in no function, takes less memory. */
	private ask(wanted: string | undefined): Promise<UpdateOffer> {
		return freshStack()
			.then(() =>
				this.call({
					method: "POST",
					path: path.update,
					body: questionOf(this.owner, this.store, wanted),
				}),
			)
			.then((reply) => this.takeOffer(reply));
	}

	private takeOffer(reply: Uint8Array): UpdateOffer {
		const offer = decodeUpdateOffer(reply);
		if (offer === undefined) throw new DmsError(DmsResult.BadReply);
		if (offer.key !== undefined) {
			this.store.write(withKey(this.owner.host, this.store.read().fields, offer.key));
		}
		this.schedule.setInterval(offer.interval);
		return offer;
	}

	private fetchStatement(bundle: string): Promise<TrustedStatement> {
		const { dms, host } = this.owner;
		return this.call({ method: "GET", path: bundlePath(bundle, "statement") })
			.catch(badStatement)
			.then((bytes) => statementIn(host, this.store.read(), bytes, dms.time));
	}

	/** Notes whether the service is out of reach. */
	private call(call: Call): Promise<Uint8Array> {
		return this.owner.dms.call(call).catch((error: unknown) => {
			if (error instanceof DmsError && isOutage(error)) this.wasOut = true;
			throw error;
		});
	}

	/** The trial to come, or none. What was given up is written down, and a refusal. */
	private trialOf(bundle: string, statement: TrustedStatement): Trial | undefined {
		const record = this.store.read();
		const candidate = { sequence: statement.sequence, version: statement.version, bundle };
		const trial = nextTrial(record, candidate, this.store.running, this.wasOut);
		if (trial === undefined || !isRefused(trial)) return trial;
		this.store.write(withTrial(record, trial));
		throw new DfuError(statusOf(trial));
	}

	/**
	 * Flash first: from here on the record knows what the next boot is about. While the image came,
	 * the device may have been tied to another product, or got another key for it.
	 */
	private arm(trial: Trial, statement: TrustedStatement): void {
		const { dms, host } = this.owner;
		const record = this.store.read();
		checkStatement(host, record, statement, dms.time);
		const fields = withTrial({ ...record, starts: record.starts + 1 }, trial);
		this.store.write({ ...fields, floor: floorAfter(statement, record.fields) });
		try {
			host.boot.arm();
		} catch {
			// Nothing was started: a fault of this image must not count against that one.
			this.store.write(withTrial(record, givenUp({ ...trial, isArmed: false }, "unarmed")));
			throw new DfuError(DfuStatus.ArmRefused);
		}
		host.timer.set(() => host.system.restart(), restartMilliseconds);
	}

	/** On trial: until the image that runs is confirmed, and the service knows. */
	private async prove(trial: Trial): Promise<void> {
		await prove(this.owner.host, this.store, () => this.send(trial.bundle));
		this.status = DfuStatus.Success;
		this.owner.log("[Updated to " + trial.version + "]");
		await this.report(trial.bundle);
		this.whenTrialEnds?.();
		this.schedule.poll(1);
	}

	/** Tells the service how the update stands, if it can be reached. */
	private report(bundle: string): Promise<unknown> {
		return this.send(bundle).catch(passOver);
	}

	private send(bundle: string): Promise<unknown> {
		const body = encodeMap({ bundle, status: this.status, percent: this.percent });
		return this.owner.dms.call({ method: "PUT", path: path.update, body });
	}

	/** An update that nobody waits for. What the service doesn't offer isn't asked for again. */
	async work(): Promise<void> {
		let isPassing = false;
		try {
			if (await this.update()) return;
			this.schedule.failures = 0;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			this.schedule.failures++;
			isPassing = !isFinal(this.status);
			this.owner.log("[Update: " + error.message + "]");
		}
		const { trial } = this.store.shown;
		if (!isPassing) this.schedule.poll(1);
		else if (trial !== undefined && !isRefused(trial)) {
			this.schedule.retryTrial(this.schedule.failures);
		} else this.schedule.retry();
	}
}
