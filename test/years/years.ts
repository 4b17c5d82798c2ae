/**
 * Years of a fleet in one run: the device's own program on boards of V8, against the service as it
 * is, on one virtual clock. TLS is left out; every request and every answer is signed and checked
 * as ever.
 */

import { VirtualClock } from "../../hosts/board/clock.js";
import type { LogEntry } from "../../hosts/dms/log.js";
import { start } from "../journey/world.js";
import { Agenda, dayMilliseconds } from "./agenda.js";
import { type Event, History, lastVersion, rebuildDays } from "./history.js";
import { Operator } from "./operator.js";
import { Player } from "./player.js";
import { storiesOf, thiefName } from "./stories.js";

const pruneEveryDays = 90;
/** So many days of power each device has at the end, to become what it should be. */
const lastDaysMinimum = 3;
const lastDaysMaximum = 14;

export interface Years {
	readonly years: number;
	readonly devices: number;
	readonly seed: number;
}

/** What came of it: how often each kind of thing has happened, and what is not as it should be. */
export interface Chronicle {
	readonly counts: ReadonlyMap<string, number>;
	readonly broken: readonly string[];
}

export async function playYears({ years, devices, seed }: Years): Promise<Chronicle> {
	const history = new History(years, devices);
	const clock = new VirtualClock(start);
	const faults: string[] = [];
	const log = (entry: LogEntry): void => {
		if (entry.kind === "fault") faults.push("the service: " + String(entry.error));
	};
	const operator = await Operator.open(clock, log);
	try {
		const agenda = new Agenda();
		const players = storiesOf(seed, devices, history).map(
			(story) => new Player(story, { clock, operator, agenda, years, seed }),
		);
		await prepare(operator, history);
		plan(agenda, operator, history, faults);
		for (const player of players) player.plan(history);
		await agenda.playUntil(history.days, clock);
		await end(players, clock);
		const broken = [...faults, ...players.flatMap((player) => player.broken)];
		await checkFleet(operator, players, broken);
		return { counts: countsOf(operator, players), broken };
	} finally {
		await operator.close();
	}
}

async function prepare({ service }: Operator, { users }: History): Promise<void> {
	await service.users.add(thiefName);
	for (let index = 0; index < users; index++) await service.users.add("user-" + index);
}

function plan(agenda: Agenda, operator: Operator, history: History, faults: string[]): void {
	for (const { day, event } of history.events) {
		agenda.add(day, () =>
			operator.play(event).catch((error: unknown) => {
				faults.push(`the operator, ${event.kind}: ${String(error)}`);
			}),
		);
		const days = outOf(event);
		if (days > 0) agenda.add(day + days, () => operator.comeBack());
	}
	for (let day = 1; day < history.days; day += pruneEveryDays) {
		agenda.add(day, () => operator.prune());
	}
}

/** All have power until they are as they should be, and nobody may be in want of a cable. */
async function end(players: readonly Player[], clock: VirtualClock): Promise<void> {
	for (const player of players) await player.beginLast();
	let left = [...players];
	for (let day = 1; day <= lastDaysMaximum && left.length > 0; day++) {
		await clock.run(dayMilliseconds);
		if (day < lastDaysMinimum) continue;
		for (const player of left) await player.end(lastVersion, day === lastDaysMaximum);
		left = left.filter((player) => !player.hasEnded);
	}
}

function outOf(event: Event): number {
	if (event.kind === "outage") return event.days;
	return event.kind === "rebuild" ? rebuildDays : 0;
}

async function checkFleet(
	{ service }: Operator,
	players: readonly Player[],
	broken: string[],
): Promise<void> {
	const all = new Set((await service.devices.list()).map(({ uuid }) => uuid));
	const whole = players.filter((player) => player.broken.length === 0);
	const own = new Set(whole.map(({ unit }) => unit.uuid));
	const isEach = own.size === whole.length && [...own].every((uuid) => all.has(uuid));
	if (isEach && all.size === players.length) return;
	broken.push(`${players.length} devices, and the service has ${all.size}`);
}

function countsOf(operator: Operator, players: readonly Player[]): ReadonlyMap<string, number> {
	const counts = new Map(operator.counts);
	const add = (kind: string, count: number): void => {
		counts.set(kind, count + (counts.get(kind) ?? 0));
	};
	for (const player of players) {
		for (const [kind, count] of player.counts) add(kind, count);
		if (player.broken.length > 0) continue;
		add("start", player.unit.boots);
		add("exchange", player.unit.exchanges);
		add("mishap", player.unit.mishaps);
	}
	return counts;
}
