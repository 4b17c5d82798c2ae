/** Which faults befall one journey: drawn from a seed, and told as text. */

import { type CutPoint, cutPoints, type Occasion } from "../../hosts/board/power.js";
import { type Random, seededRandom } from "../../hosts/board/random.js";
import type { ExchangeFault } from "../journey/air.js";

export interface Schedule {
	readonly cuts: readonly Occasion[];
	/** By the number of the exchange. */
	readonly faults: ReadonlyMap<number, ExchangeFault>;
}

const faultsMaximum = 6;
/** A journey without faults has 7 operations on flash, some 290 messages and 5 exchanges. */
const flashOperations = 14;
const messages = 500;
const exchanges = 14;
/** Beyond the device's time-out of 10 seconds. */
const delayMaximumMilliseconds = 30_000;
const clockJumpMaximumSeconds = 10 * 365 * 86_400;
/** Ahead of the right time a service must not be by more than devices allow it to go back. */
const serviceClockAheadMaximumSeconds = 240;

/** The schedule of a seed: always the same. */
export function scheduleOf(seed: number): Schedule {
	const draw = drawFrom(seededRandom("schedule " + seed));
	const cuts: Occasion[] = [];
	const faults = new Map<number, ExchangeFault>();
	const count = 1 + draw(faultsMaximum);
	while (cuts.length + faults.size < count) {
		const kind = draw(10);
		if (kind < 3) cuts.push({ kind: "flash", index: draw(flashOperations), point: pointOf(draw) });
		else if (kind < 4) cuts.push({ kind: "message", index: draw(messages) });
		else {
			const exchange = draw(exchanges);
			faults.set(exchange, faultOf(draw, exchange));
		}
	}
	return { cuts, faults };
}

/** One line for a person. */
export function textOf({ cuts, faults }: Schedule): string {
	const parts = [
		...cuts.map((cut) =>
			cut.kind === "flash"
				? "power cut " + cut.point + " in flash operation " + cut.index
				: "power cut before message " + cut.index,
		),
		...[...faults].map(([exchange, { kind, ...details }]) => {
			const text = Object.entries(details).map(([name, value]) => " " + name + " " + value);
			return kind + " in exchange " + exchange + text.join("");
		}),
	];
	return parts.join("; ");
}

/** A whole number from 0 to below `limit`. */
type Draw = (limit: number) => number;

function drawFrom(random: Random): Draw {
	return (limit) => Math.floor((Buffer.from(random(4)).readUInt32BE(0) / 2 ** 32) * limit);
}

function pointOf(draw: Draw): CutPoint {
	return cutPoints[draw(cutPoints.length)] ?? "before";
}

function faultOf(draw: Draw, exchange: number): ExchangeFault {
	const fraction = draw(1000) / 1000;
	const milliseconds = draw(delayMaximumMilliseconds);
	const kinds: readonly ExchangeFault[] = [
		{ kind: "request lost" },
		{ kind: "reply lost" },
		{ kind: "request reset", fraction },
		{ kind: "reply reset", fraction },
		{ kind: "reply truncated", fraction },
		{ kind: "request delayed", milliseconds },
		{ kind: "reply delayed", milliseconds },
		{ kind: "request overtaken", milliseconds },
		{ kind: "request repeated", milliseconds },
		serverError(draw),
		{ kind: "killed before commit" },
		{ kind: "killed after commit" },
		{ kind: "service restored", backup: draw(exchange + 1) },
		{ kind: "device clock", seconds: draw(2 * clockJumpMaximumSeconds) - clockJumpMaximumSeconds },
		{ kind: "service clock", seconds: serviceClockAheadMaximumSeconds - draw(86_400) },
	];
	return kinds[draw(kinds.length)] ?? { kind: "request lost" };
}

function serverError(draw: Draw): ExchangeFault {
	const status = [429, 500, 502, 503, 504][draw(5)] ?? 503;
	const isPolite = draw(2) === 0;
	return { kind: "server error", status, ...(isPolite && { retryAfter: String(draw(60)) }) };
}
