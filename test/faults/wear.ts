/** What a run costs its board in starts and in flash, by the day: a budget of every run. */

import assert from "node:assert/strict";
import type { Board } from "../../hosts/board/board.js";
import type { Clock } from "../../hosts/board/clock.js";

const dayMilliseconds = 86_400_000;

/** The most in any 24 hours, whatever an image does and the service offers. */
export interface DailyBudget {
	readonly boots: number;
	/** Of records, and of the notes on the slots. */
	readonly writes: number;
	/** Of the sectors of those notes, and of pages of key-value storage. */
	readonly erases: number;
}

interface Sample {
	readonly at: number;
	readonly counts: readonly [boots: number, writes: number, erases: number];
}

export class Wear {
	readonly #board: Board;
	readonly #samples: Sample[] = [];

	constructor(board: Board, clock: Clock) {
		this.#board = board;
		const sample = (): void => void this.#samples.push({ at: clock.now(), counts: this.#counts });
		const { write } = board.nvs;
		const select = board.boot.select.bind(board.boot);
		board.nvs.write = (...values) => {
			sample();
			write.apply(board.nvs, values);
		};
		board.boot.select = () => {
			sample();
			return select();
		};
	}

	/** The most of each in any 24 hours. */
	get worstDay(): DailyBudget {
		const most: [number, number, number] = [0, 0, 0];
		const samples = [...this.#samples, { at: Infinity, counts: this.#counts }];
		let first = 0;
		for (let last = 1; last < samples.length; last++) {
			const { at = 0 } = samples[last - 1] ?? {};
			while ((samples[first]?.at ?? at) < at - dayMilliseconds) first++;
			const [before, after] = [samples[first]?.counts, samples[last]?.counts];
			for (const index of [0, 1, 2] as const) {
				most[index] = Math.max(most[index], (after?.[index] ?? 0) - (before?.[index] ?? 0));
			}
		}
		const [boots, writes, erases] = most;
		return { boots, writes, erases };
	}

	/** Fails when a day has cost more. */
	check(budget: DailyBudget): void {
		const { boots, writes, erases } = this.worstDay;
		assert.ok(boots <= budget.boots, boots + " starts in a day, not " + budget.boots);
		assert.ok(writes <= budget.writes, writes + " writes in a day, not " + budget.writes);
		assert.ok(erases <= budget.erases, erases + " erases in a day, not " + budget.erases);
	}

	get #counts(): readonly [number, number, number] {
		const { boot, boots, nvs } = this.#board;
		return [boots, nvs.writes + boot.writes, boot.writes + nvs.erases];
	}
}
