/** Plays journeys with faults, and sees that each ends well. */

import assert from "node:assert/strict";
import { createECDH, X509Certificate } from "node:crypto";
import { fileURLToPath } from "node:url";
import { orderedFault } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { sha256 } from "../../hosts/dms/digest.js";
import { parseCertificate } from "../../src/dms/certificate.js";
import type { KeyPair } from "../../src/dms/lifecycle.js";
import { keyId } from "../../src/protocol/key.js";
import {
	checkEnd,
	identityIn,
	type Journey,
	makeJourney,
	prepareService,
	type Tokens,
} from "../journey/journey.js";
import { checkSecrets } from "../journey/secrets.js";
import { createWorld, type World } from "../journey/world.js";
import { provisionAlone } from "./alone.js";
import { scheduleOf } from "./draw.js";
import { type Schedule, textOf } from "./schedule.js";
import { Wear } from "./wear.js";

const fillingApp = fileURLToPath(new URL("../update/trial-app.js", import.meta.url));
const fillingImage = buildImage({ app: fillingApp, version: "0.8.0.0" });

/** The longest wait of the back-off is an hour. */
const settlingMilliseconds = 3 * 3_600_000;

/** What came of a journey that has ended well. */
export interface Outcome {
	/** How many of the faults have happened. */
	readonly faults: number;
	/** How often the person has typed it all. */
	readonly tries: number;
	/** The device has got its identity by itself, while nobody typed anything. */
	readonly isByItself: boolean;
	/** What the run has counted: the same each time. */
	readonly counts: Readonly<
		Record<"boots" | "flashOperations" | "messages" | "calls" | "exchanges", number>
	>;
	/** When it was over, in milliseconds of virtual time. */
	readonly endedAt: number;
}

/** How to play. */
export interface Play {
	readonly processor: ProcessorKind;
	/** For the board's random bytes. */
	readonly seed?: number;
	/** Once the token is in flash, nobody types anything until the device has its identity. */
	readonly isAlone?: boolean;
}

/** Plays the schedule of a seed; an error has a schedule with no fault that it doesn't need. */
export async function playSeed(seed: number, processor: ProcessorKind): Promise<Outcome> {
	const schedule = scheduleOf(seed);
	try {
		return await play(schedule, { processor, seed });
	} catch (error) {
		await play(await shortened(schedule, { processor, seed }), { processor, seed });
		throw error;
	}
}

/** Plays a whole journey; an error ends with the line that plays it again. */
export async function play(schedule: Schedule, options: Play): Promise<Outcome> {
	const { processor, seed = 0, isAlone = false } = options;
	const isMortal = schedule.faults.size > 0;
	const { cuts, faults, isFilling } = schedule;
	const made = isFilling ? { image: fillingImage } : {};
	const world = await createWorld({ processor, seed, isMortal, cuts, faults, ...made });
	const wear = new Wear(world.board, world.clock);
	try {
		const given = await prepareService(world);
		if (isAlone) await provisionAlone(world, given);
		const { tries, tokens } = await makeWholeJourney(world, schedule, given);
		await checkNothingOrphaned(world);
		checkBudget(world, schedule, tries, wear);
		await checkSecrets(world, tokens);
		return outcomeOf(world, tries);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const line = replayOf(schedule, { processor, seed, isAlone });
		throw new Error([world.terminal.transcript, reason, line].join("\n"), { cause: error });
	} finally {
		await world.close();
		// The database's memory is only given back when the event loop has turned.
		await new Promise((resolve) => setImmediate(resolve));
	}
}

/**
 * A service may go back to a backup when all is done, and has forgotten whose the device is. Its
 * operator knows that, and has the journey made again.
 */
async function makeWholeJourney(world: World, schedule: Schedule, given: Tokens): Promise<Journey> {
	let { tries, tokens } = await makeJourney(world, given, schedule.absence);
	for (;;) {
		const before = world.restores();
		try {
			await reachEnd(world, schedule);
			return { tries, tokens };
		} catch (error) {
			if (world.restores() === before) throw error;
		}
		const again = await makeJourney(world, given);
		tries += again.tries;
		tokens = [...tokens, ...again.tokens];
	}
}

/** A fault may still come while it is looked whether all is well: then that is done again. */
async function reachEnd(world: World, schedule: Schedule): Promise<void> {
	const { power } = world.board;
	for (let before = -1; ; before = power.failures) {
		await settle(world, schedule);
		try {
			return await checkEnd(world);
		} catch (error) {
			if (power.failures === before) throw error;
		}
	}
}

/** What flash has failed to do is tried again by itself, and a damaged copy is seen at a start. */
async function settle({ board, clock, terminal }: World, { cuts }: Schedule): Promise<void> {
	if (!cuts.some(({ kind }) => kind === "read" || kind === "write" || kind === "rot")) return;
	for (let count = 0; count < 2; count++) {
		await clock.run(settlingMilliseconds);
		await board.powerOff();
		board.powerOn();
	}
	await clock.run(settlingMilliseconds);
	if (!board.isOn) await terminal.powerOn();
}

function replayOf(schedule: Schedule, { processor, seed, isAlone }: Required<Play>): string {
	const options = `--seed ${seed} --processor ${processor}` + (isAlone ? " --alone" : "");
	return `npm run faults -- --play "${textOf(schedule)}" ` + options;
}

function outcomeOf({ net, board, clock, terminal }: World, tries: number): Outcome {
	const { flashOperations, messages, calls, failures } = board.power;
	return {
		faults: failures + net.failures,
		tries,
		isByItself: terminal.transcript.includes("[Provisioned]"),
		counts: { boots: board.boots, flashOperations, messages, calls, exchanges: net.exchanges },
		endedAt: clock.now(),
	};
}

/** Leaves out one fault after the other, as long as the rest still breaks the journey. */
async function shortened(schedule: Schedule, options: Play): Promise<Schedule> {
	for (const fewer of withoutOne(schedule)) {
		const isBroken = await play(fewer, options).then(
			() => false,
			() => true,
		);
		if (isBroken) return shortened(fewer, options);
	}
	return schedule;
}

function withoutOne(schedule: Schedule): Schedule[] {
	const { cuts, faults, absence, isFilling } = schedule;
	return [
		...(absence ? [{ ...schedule, absence: undefined }] : []),
		...(isFilling ? [{ ...schedule, isFilling: undefined }] : []),
		...cuts.map((cut) => ({ ...schedule, cuts: cuts.filter((other) => other !== cut) })),
		...[...faults.keys()].map((exchange) => ({
			...schedule,
			faults: new Map([...faults].filter(([other]) => other !== exchange)),
		})),
	];
}

/**
 * The one device has the one certificate, for the one key that the token is bound to. After
 * months in a drawer it renews both, and may hold two pairs at this moment.
 */
async function checkNothingOrphaned(world: World): Promise<void> {
	const { devices, tokens } = world.service();
	const {
		key = new Uint8Array(0),
		certificate = new Uint8Array(0),
		next,
	} = identityIn(world.board);
	const name = nameOfPair({ key, certificate });
	const [device] = await devices.list();
	const { certificates } = await devices.show(device?.uuid ?? "");
	const serial = new X509Certificate(certificate).serialNumber.toLowerCase();
	// One that ended before the device had it was followed by another, for the same key.
	const time = world.clock.now() / 1000;
	const serials = certificates
		.filter((one) => one.serial === serial || one.expiresAt > time)
		.map((one) => one.serial);
	const audit = await world.service().audit(1000);
	if (audit.some(({ action }) => action === "device.renew")) {
		const names = next === undefined ? [name] : [name, nameOfPair(next)];
		assert.ok(names.includes(device?.keyId ?? ""), "the service knows one of its keys");
		assert.ok(serials.includes(serial));
	} else {
		assert.equal(device?.keyId, name);
		assert.deepEqual(serials, [serial]);
	}
	const isAdopted = audit.some(({ action, rule }) => action === "device.adopt" && !rule);
	const spent = (await tokens.list()).filter(
		({ kind, state }) => kind === "provisioning" && state === "used",
	);
	assert.equal(spent.length, isAdopted ? 0 : 1, "tokens that are bound");
	checkNothingFailed(world);
}

/** The name of a key, whose certificate it has. */
export function nameOfPair({ key, certificate }: KeyPair): string {
	const ownKey = createECDH("prime256v1");
	ownKey.setPrivateKey(key);
	const publicKey = ownKey.getPublicKey();
	assert.deepEqual(Buffer.from(parseCertificate(certificate)?.publicKey ?? []), publicKey);
	return keyId(publicKey, { sha256 });
}

/** What a journey may cost of flash and starts, beside what its faults cost. */
function checkBudget(
	{ board }: World,
	{ cuts, faults }: Schedule,
	tries: number,
	wear: Wear,
): void {
	const mishaps = cuts.length + faults.size;
	const resets = board.boots - 3 - mishaps;
	assert.ok(resets <= tries, board.boots + " starts, " + mishaps + " mishaps");
	const { writes, entriesWritten } = board.nvs;
	assert.ok(writes <= 7 + 6 * (mishaps + tries), writes + " writes of flash");
	assert.ok(entriesWritten <= 60 * writes, entriesWritten + " entries written");
	assert.ok(board.boot.writes <= 1 + mishaps, "the slots are left alone");
	const writesOfDay = 12 + 6 * mishaps + tries;
	wear.check({ boots: 4 + mishaps + tries, writes: writesOfDay, erases: 6 + 2 * mishaps });
}

function checkNothingFailed({ board, log }: World): void {
	const own = board.faults.filter((fault) => fault !== orderedFault);
	assert.deepEqual(own, [], "faults of the program");
	const faults = log.flatMap((entry) => (entry.kind === "fault" ? [String(entry.error)] : []));
	// A service that was killed says no more; here its last work finds its database closed.
	const unordered = faults.filter((fault) => !/killed|database is not open/.test(fault));
	assert.deepEqual(unordered, [], "faults of the service");
}
