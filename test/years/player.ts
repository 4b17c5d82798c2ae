/** Plays the story of one device: what people do with it and to it, and what it has to end as. */

import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import type { VirtualClock } from "../../hosts/board/clock.js";
import type { DeviceDetails } from "../../hosts/dms/administration/devices.js";
import { nameOfPair } from "../faults/play.js";
import { BoardIsOff } from "../journey/terminal.js";
import { product, start } from "../journey/world.js";
import { type Agenda, dayMilliseconds } from "./agenda.js";
import { firstVersion, type History } from "./history.js";
import { maker, type Operator } from "./operator.js";
import { type Act, type Deed, type Story, thiefName } from "./stories.js";
import { Unit } from "./unit.js";

/** How often a device is in use that isn't always on, and for how long it has power then. */
const visitEveryDays = 122;
const visitDays = 1.1;
/** A certificate is good from an hour before it was issued. */
const backdatingMilliseconds = 3_600_000;

interface Surroundings {
	readonly clock: VirtualClock;
	readonly operator: Operator;
	readonly agenda: Agenda;
	readonly years: number;
	readonly seed: number;
}

export class Player {
	readonly story: Story;
	readonly #around: Surroundings;
	#made: Unit | undefined;
	/** Days since the beginning until which it has no power. */
	#onShelfUntil = 0;
	/** And until which it stays on. */
	#onUntil = 0;
	#key = "";
	readonly #counts = new Map<string, number>();
	readonly broken: string[] = [];

	constructor(story: Story, around: Surroundings) {
		this.story = story;
		this.#around = around;
	}

	get unit(): Unit {
		if (this.#made === undefined) throw new Error("it is not made yet");
		return this.#made;
	}

	get counts(): ReadonlyMap<string, number> {
		return this.#counts;
	}

	/** All that befalls it, and its visits between. */
	plan({ days }: History): void {
		const { begins, acts } = this.story;
		this.#add(begins, () => this.#begin());
		for (const act of acts) this.#add(act.day, () => this.#play(act));
		for (let day = begins + visitEveryDays; day < days; day += visitEveryDays) {
			this.#add(day, async () => this.#visit(day));
		}
	}

	#add(day: number, act: () => Promise<void>): void {
		this.#around.agenda.add(day, () => this.#guarded(act));
	}

	/** What it does at the very end, from a day on which all have power. */
	beginLast(): Promise<void> {
		return this.#guarded(async () => {
			this.#onShelfUntil = 0;
			this.unit.board.powerOn();
			this.#onUntil = Infinity;
		});
	}

	/** Whether it has become what it should be: then it is switched off. */
	hasEnded = false;

	/** Looks whether it has; power that has failed comes back. On the last day it must have. */
	end(version: string, isLast: boolean): Promise<void> {
		return this.#guarded(async () => {
			try {
				await this.#check(version);
			} catch (error) {
				const isEarly = error instanceof assert.AssertionError || error instanceof BoardIsOff;
				if (isLast || !isEarly) throw error;
				this.unit.board.powerOn();
				return;
			}
			await this.#sleep();
			this.unit.checkFaults();
			this.hasEnded = true;
		});
	}

	/** What goes wrong is written down, once: the others go on. */
	async #guarded(act: () => Promise<void>): Promise<void> {
		if (this.broken.length > 0) return;
		try {
			await act();
		} catch (error) {
			const { index } = this.story;
			const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
			const said = this.#made?.transcript.slice(-1500) ?? "";
			const when = (this.#today / 365).toFixed(2);
			const tale = JSON.stringify(this.story);
			this.broken.push(`device ${index} in year ${when}: ${reason}\n${said}\n${tale}`);
			await this.#made?.powerOff();
		}
	}

	get #today(): number {
		return (this.#around.clock.now() - start) / dayMilliseconds;
	}

	#count(kind: string, count = 1): void {
		this.#counts.set(kind, count + (this.#counts.get(kind) ?? 0));
	}

	async #begin(): Promise<void> {
		const { clock, operator, years, seed } = this.#around;
		const { devices, tokens } = operator.service;
		this.#made = new Unit({
			...{ clock, years, name: `${seed}: ${this.story.index}` },
			image: operator.imageOf(firstVersion),
			answer: (request) => operator.answer(request),
		});
		const { token } = await tokens.addProvisioning();
		const { token: claim } = await tokens.addClaim({ user: maker });
		const claiming = ["dms_claim " + claim, "dms_activate " + product];
		await this.unit.setUpAnd("dms_provision " + token, ...claiming);
		this.unit.uuid = await this.unit.valueOf("system.uuid");
		await devices.release(this.unit.uuid, maker);
		await this.#claimFor(this.story.buyer);
		this.#noteKey();
		this.#stayOn();
	}

	#visit(day: number): void {
		if (day < this.#onShelfUntil) return;
		this.unit.board.powerOn();
		this.#noteKey();
		this.#count("visit");
		this.#stayOn();
	}

	/** It has power for so long from now on, or always. */
	#stayOn(): void {
		if (this.story.isAlwaysOn) return;
		const until = this.#today + visitDays;
		this.#onUntil = until;
		this.#add(until, async () => {
			if (this.#onUntil === until) await this.#sleep();
		});
	}

	async #sleep(): Promise<void> {
		await this.unit.powerOff();
		this.#noteKey();
	}

	#noteKey(): void {
		const { key } = this.unit.identity;
		const now = Buffer.from(key ?? []).toString("hex");
		if (this.#key !== "" && now !== this.#key) this.#count("renewal");
		this.#key = now;
	}

	async #play({ deed }: Act): Promise<void> {
		this.#count(deed.kind);
		if (deed.kind === "shelf") {
			this.#onShelfUntil = deed.until;
			return this.#sleep();
		}
		await this.#do(deed);
		this.#stayOn();
	}

	async #do(deed: Exclude<Deed, { readonly kind: "shelf" }>): Promise<void> {
		const { unit } = this;
		const { service } = this.#around.operator;
		const { devices, tokens, users } = service;
		const { uuid } = unit;
		switch (deed.kind) {
			case "transfer": {
				if (deed.to.startsWith("leaver")) await users.add(deed.to);
				const { token } = await tokens.addTransfer({ device: uuid, user: deed.to });
				return unit.typeUntil("dms_claim " + token, new RegExp("Claimed by " + deed.to));
			}
			case "release": {
				const { owner } = await devices.show(uuid);
				await devices.release(uuid, owner ?? undefined);
				return this.#claimFor(deed.to);
			}
			case "factory reset":
				await unit.resetToFactory();
				return this.#setUpFor(deed.to);
			case "user removed":
				await devices.release(uuid, deed.name);
				await users.remove(deed.name);
				return this.#claimFor(deed.to);
			case "quick thief":
				await unit.resetToFactory();
				return this.#setUpFor(thiefName);
			case "lock":
				return devices.lock(uuid);
			case "thief":
				return this.#tryAsThief();
			case "found":
				await devices.unlock(uuid);
				await devices.release(uuid);
				return this.#setUpFor(deed.to);
			case "revoke":
				return devices.revoke(uuid);
			case "board swapped":
				return this.#swap();
		}
	}

	async #claimFor(user: string): Promise<void> {
		const { token } = await this.#around.operator.service.tokens.addClaim({ user });
		await this.unit.typeUntil("dms_claim " + token, new RegExp("Claimed by " + user));
	}

	async #setUpFor(user: string): Promise<void> {
		const { token } = await this.#around.operator.service.tokens.addClaim({ user });
		await this.unit.setUpAnd("dms_claim " + token);
	}

	async #tryAsThief(): Promise<void> {
		const { unit } = this;
		const { service } = this.#around.operator;
		const { token } = await service.tokens.addClaim({ user: thiefName });
		await unit.typeUntil("dms_claim " + token, /has locked this device out/);
		await unit.resetToFactory();
		await unit.setUpAnd();
		await unit.typeUntil("dms_claim " + token, /has locked this device out/);
		assert.equal(await unit.valueOf("dms.provision.status"), "3");
		const { lockedAt } = await service.devices.show(unit.uuid);
		assert.notEqual(lockedAt, null);
	}

	async #swap(): Promise<void> {
		const { unit } = this;
		const { devices } = this.#around.operator.service;
		await unit.swapBoard();
		await unit.typeUntil("dfu_query", /Command failed|\w/);
		const isSeen = async () => (await devices.show(unit.uuid)).otherHardware === unit.hardware;
		for (let tries = 0; !(await isSeen()) && tries < 9; tries++) {
			await unit.typeUntil("dfu_query", /Up to date|\(|\./);
		}
		assert.ok(await isSeen(), "the operator is shown the other hardware");
		await devices.swap(unit.uuid, unit.hardware);
	}

	async #check(version: string): Promise<void> {
		const { unit, story } = this;
		const { devices } = this.#around.operator.service;
		assert.equal(await unit.valueOf("dms.provision.status"), "3");
		assert.equal(await unit.valueOf("system.uuid"), unit.uuid);
		const device = await devices.show(unit.uuid);
		assert.equal(device.hardware, unit.hardware);
		if (story.end.isRevoked) {
			assert.notEqual(device.revokedAt, null);
			const { token } = await this.#around.operator.service.tokens.addClaim({ user: thiefName });
			await unit.typeUntil("dms_claim " + token, /has locked this device out/);
			return;
		}
		const { owner, product: code, version: told, lockedAt } = device;
		assert.deepEqual(
			{ owner, code, told, lockedAt },
			{ owner: story.end.owner, code: product, told: version, lockedAt: null },
		);
		assert.match(await unit.type("version"), new RegExp("-" + version.replaceAll(".", "\\.")));
		this.#checkCertificate(device);
	}

	#checkCertificate({ keyId, certificates }: DeviceDetails): void {
		const { key, certificate, authority, next } = this.unit.identity;
		assert.ok(key && certificate && authority && next === undefined, "one pair, and whole");
		assert.equal(nameOfPair({ key, certificate }), keyId);
		const own = new X509Certificate(certificate);
		const now = this.#around.clock.now();
		assert.ok(Date.parse(own.validTo) > now, "its certificate is good");
		assert.ok(own.verify(new X509Certificate(authority).publicKey));
		assert.ok(certificates.some(({ serial }) => serial === own.serialNumber.toLowerCase()));
		const issuedAt = Date.parse(own.validFrom) + backdatingMilliseconds;
		const { authorities } = this.#around.operator;
		const expected = authorities.filter(({ since }) => since <= issuedAt).at(-1);
		const fingerprint = createHash("sha256").update(authority).digest("hex");
		assert.equal(fingerprint, expected?.fingerprint, "its CA is that of when it was issued");
	}
}
