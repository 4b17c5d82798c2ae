/** Every single mishap, wherever one can be: at each flash operation, message and exchange. */

import { cutPoints } from "../../hosts/board/power.js";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { play } from "./play.js";
import { faultOf, kinds, type Schedule } from "./schedule.js";

const none: Schedule = { cuts: [], faults: new Map() };
/** For the faults that ask for more: the middle, a moment, half a minute, the backup before all. */
const details = {
	fraction: 0.5,
	milliseconds: 5_000,
	status: 503,
	waitSeconds: 30,
	backup: 0,
	jumpSeconds: 86_400,
	errorSeconds: -3_600,
} as const;

export async function allSingles(processor: ProcessorKind): Promise<Schedule[]> {
	const { flashOperations, messages, exchanges } = (await play(none, { processor })).counts;
	return [
		...numbers(flashOperations).flatMap((index) =>
			cutPoints.map((point) => ({ ...none, cuts: [{ kind: "flash" as const, index, point }] })),
		),
		...numbers(messages).map((index) => ({
			...none,
			cuts: [{ kind: "message" as const, index }],
		})),
		...numbers(exchanges).flatMap((exchange) =>
			kinds.map((kind) => ({
				...none,
				faults: new Map([[exchange, faultOf(kind, (name) => details[name])]]),
			})),
		),
	];
}

function numbers(count: number): number[] {
	return [...Array(count).keys()];
}
