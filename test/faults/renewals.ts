/** Renewals with faults: power cut at any flash operation or message, and exchanges that fail. */

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { orderedFault } from "../../hosts/board/board.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import type { Occasion } from "../../hosts/board/power.js";
import { cutPoints } from "../../hosts/board/power.js";
import { seededRandom } from "../../hosts/board/random.js";
import type { ExchangeFault } from "../journey/faulty-network.js";
import { identityIn, makeJourney, prepareService } from "../journey/journey.js";
import { createWorld, user, type World } from "../journey/world.js";
import { drawFault, drawFrom } from "./draw.js";
import { nameOfPair } from "./play.js";
import { type Schedule, textOf } from "./schedule.js";

const dayMilliseconds = 86_400_000;
/** Beyond two thirds and a twelfth of 397 days. */
const dueDays = 300;
/** Back-off ends at an hour, and a device looks once a day. */
const daysMaximum = 12;
/** The next pair in both copies, then it alone in both. */
export const writesWithoutFaults = 4;
/** A write that is torn is made again, and the other copy's after it. */
const repeatedMaximum = 2;
const none: Schedule = { cuts: [], faults: new Map() };

/** What a renewal without faults has of what can fail, from the start of the device on. */
export interface RenewalCounts {
	readonly flashOperations: Range;
	readonly messages: Range;
	readonly calls: Range;
	readonly exchanges: Range;
}

interface Range {
	readonly from: number;
	readonly to: number;
}

export interface Renewed {
	/** How many of the faults have happened. */
	readonly faults: number;
	/** Writes of flash; more than four where something that has happened had one made again. */
	readonly writes: number;
	readonly counts: RenewalCounts;
}

/** What must never come of a renewal. */
export type Breach = "lock-out" | "double identity" | "other";

export class RenewalBroken extends Error {
	readonly breach: Breach;

	constructor(breach: Breach, message: string, options?: ErrorOptions) {
		super(message, options);
		this.breach = breach;
	}
}

/** How to play. */
export interface RenewalPlay {
	readonly processor: ProcessorKind;
	/** For the board's random bytes. */
	readonly seed?: number;
	/** The service has a next CA by then, which the device has to take. */
	readonly isNextAuthority?: boolean;
}

export function countRenewal(options: RenewalPlay): Promise<RenewalCounts> {
	return playRenewal(none, options).then(({ counts }) => counts);
}

/** One to three mishaps somewhere in a renewal: the same for a seed, always. */
export function renewalScheduleOf(seed: number, counts: RenewalCounts): Schedule {
	const draw = drawFrom(seededRandom("renewal " + seed));
	const within = ({ from, to }: Range): number => from + draw(to - from);
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	for (let count = 1 + draw(3); count > 0; count--) {
		switch (draw(3)) {
			case 0: {
				const point = cutPoints[draw(cutPoints.length)] ?? "before";
				cuts.push({ kind: "flash", index: within(counts.flashOperations), point });
				break;
			}
			case 1:
				cuts.push({ kind: "message", index: within(counts.messages) });
				break;
			default: {
				const exchange = within(counts.exchanges);
				// A clock that was years ahead costs a person a way to the device, as everywhere.
				const fault = drawFault(draw, exchange, (kind) => kind !== "service clock");
				faults.set(exchange, fault);
			}
		}
	}
	return { cuts, faults };
}

/** Plays one; a `RenewalBroken` has the schedule, the seed and the processor. */
export async function playRenewal(
	schedule: Schedule,
	{ processor, seed = 0, isNextAuthority = false }: RenewalPlay,
): Promise<Renewed> {
	const { cuts, faults } = schedule;
	const isMortal = faults.size > 0 || isNextAuthority;
	const world = await createWorld({ processor, seed, cuts, faults, isMortal });
	try {
		return await renewIn(world, schedule, isNextAuthority);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const line = `seed ${seed} on ${processor}: ${textOf(schedule)}`;
		const breach = error instanceof RenewalBroken ? error.breach : "other";
		throw new RenewalBroken(breach, [world.terminal.transcript, reason, line].join("\n"), {
			cause: error,
		});
	} finally {
		await world.close();
		await new Promise((resolve) => setImmediate(resolve));
	}
}

async function renewIn(
	world: World,
	{ faults }: Schedule,
	isNextAuthority: boolean,
): Promise<Renewed> {
	const { net, board, clock, terminal } = world;
	await makeJourney(world, await prepareService(world));
	for (const line of ["set wlan.auto_join.enabled 1", "save"]) await terminal.type(line);
	const { uuid, key, authority } = identityIn(board);
	await board.powerOff();
	if (isNextAuthority) {
		await world.service().certificates.addNext();
		await world.restart();
	}
	await clock.run(dueDays * dayMilliseconds);
	const before = countsOf(world);
	const { writes } = board.nvs;
	// What is left to do after the last cut is done by a start: that may be cut too.
	for (let days = 0; !isRenewed(world, key) || !board.isOn; days++) {
		if (days >= daysMaximum) throw new RenewalBroken("lock-out", "it has not renewed in time");
		if (!board.isOn) board.powerOn();
		await clock.run(dayMilliseconds + 3_600_000);
	}
	const after = countsOf(world);
	const mishaps = board.power.failures + net.failures;
	const renewalWrites = board.nvs.writes - writes;
	const writesMaximum = writesWithoutFaults + repeatedMaximum * mishaps;
	assert.ok(renewalWrites <= writesMaximum, renewalWrites + " writes");
	await checkOne(world, uuid);
	checkAuthority(world, authority, isNextAuthority && faults.size === 0);
	return {
		faults: mishaps,
		writes: renewalWrites,
		counts: {
			flashOperations: { from: before.flashOperations, to: after.flashOperations },
			messages: { from: before.messages, to: after.messages },
			calls: { from: before.calls, to: after.calls },
			exchanges: { from: before.exchanges, to: after.exchanges },
		},
	};
}

function countsOf({ net, board }: World): Record<keyof RenewalCounts, number> {
	const { flashOperations, messages, calls } = board.power;
	return { flashOperations, messages, calls, exchanges: net.exchanges };
}

function isRenewed({ board }: World, before: Uint8Array | undefined): boolean {
	const { key, next } = identityIn(board);
	const [now, then] = [key, before].map((one) => Buffer.from(one ?? []).toString("hex"));
	return next === undefined && now !== then;
}

/** A service that was restored may have lost its next CA: then the device is of the first one. */
function checkAuthority({ board }: World, before: Uint8Array | undefined, isNext: boolean): void {
	const { authority, certificate } = identityIn(board);
	const issuer = new X509Certificate(authority ?? "");
	assert.ok(new X509Certificate(certificate ?? "").verify(issuer.publicKey));
	if (isNext) assert.notDeepEqual(authority, before);
}

/** One device, the same as before, known by the key that its flash holds, and it is served. */
async function checkOne(world: World, uuid: string | undefined): Promise<void> {
	const { board, terminal } = world;
	const { devices, tokens } = world.service();
	const { key = new Uint8Array(), certificate = new Uint8Array() } = identityIn(board);
	const all = (await devices.list()).map((device) => [device.uuid, device.keyId]);
	if (all.length !== 1 || all[0]?.[0] !== uuid) {
		throw new RenewalBroken("double identity", uuid + " is " + JSON.stringify(all));
	}
	assert.deepEqual(all, [[uuid, nameOfPair({ key, certificate })]]);
	if (!(await isUser(world))) await world.service().users.add(user);
	const { token } = await tokens.addClaim({ user });
	const answer = await terminal.type("dms_claim " + token);
	if (!answer.includes("Claimed by")) throw new RenewalBroken("lock-out", answer);
	assert.deepEqual(
		board.faults.filter((fault) => fault !== orderedFault),
		[],
	);
}

/** A backup may be older than the user. */
async function isUser(world: World): Promise<boolean> {
	const users = await world.service().users.list();
	return users.some(({ name }) => name === user);
}
