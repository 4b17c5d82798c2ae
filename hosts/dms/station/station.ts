/** A line station: one board at each port, all at a time, each as often as it takes. */

import { setTimeout as pause } from "node:timers/promises";
import { failureOf } from "../cli/failure.js";
import { BoardLog } from "./board-log.js";
import { type Made, makeBoard, type Station } from "./make-board.js";

export interface BoardResult {
	readonly port: string;
	/** Its MAC address, 12 hexadecimal digits; `null` when it has never said it. */
	readonly hardware: string | null;
	readonly result: Made["result"] | "failed";
	readonly uuid: string | null;
	/** Of all tries. */
	readonly milliseconds: number;
	readonly tries: number;
	readonly error: string | null;
}

export interface StationOptions {
	readonly ports: readonly string[];
	/** How often a board is tried. */
	readonly tries: number;
	/** Between two tries: a cable may be plugged in again. */
	readonly pauseMilliseconds: number;
	readonly onResult: (result: BoardResult) => void;
}

/** Whoever failed so fails again. */
const finalRules = /^(batch|board)-|^(token|role|usage|name|limit|file|user-unknown|uuid)$/;

export async function runStation(
	station: Station,
	options: StationOptions,
): Promise<BoardResult[]> {
	const { ports, onResult } = options;
	const results = ports.map(async (port) => {
		const result = await makePatiently(station, port, options);
		onResult(result);
		return result;
	});
	return Promise.all(results);
}

async function makePatiently(
	station: Station,
	port: string,
	{ tries: triesMaximum, pauseMilliseconds }: StationOptions,
): Promise<BoardResult> {
	let milliseconds = 0;
	for (let tries = 1; ; tries++) {
		const log = new BoardLog(station.folder, { batch: station.batch.name, port });
		try {
			const made = await makeBoard(station, port, log);
			milliseconds += log.end(made.result, { uuid: made.uuid });
			const { hardware = null } = log;
			return { ...made, port, hardware, milliseconds, tries, error: null };
		} catch (failure) {
			station.signal.throwIfAborted();
			const { rule, message: error } = failureOf(failure);
			const { hardware = null } = log;
			milliseconds += log.end("failed", { error });
			if (tries >= triesMaximum || finalRules.test(rule)) {
				return { result: "failed", uuid: null, port, hardware, milliseconds, tries, error };
			}
		}
		const { signal } = station;
		await pause(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
		signal.throwIfAborted();
	}
}
