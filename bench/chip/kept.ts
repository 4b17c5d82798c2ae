/** What the last run on an emulated chip has measured. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Benchmark, type Measurement, table } from "../benchmark.js";
import type { Operations } from "./journey.js";

const keptPath = fileURLToPath(new URL("../../../bench/chip.json", import.meta.url));

export interface ChipFigures {
	/** Of the firmware's image, and of its variables. */
	readonly imageBytes: number;
	readonly staticBytes: number;
	/** After the journey, and the least in it. */
	readonly freeHeapBytes: number;
	readonly smallestFreeHeapBytes: number;
	/** The day of the measurement. */
	readonly measured: string;
	readonly instructions: Operations;
}

export function keepChipFigures(figures: ChipFigures): void {
	writeFileSync(keptPath, JSON.stringify(figures, undefined, "\t") + "\n");
}

export const chip: Benchmark = {
	summary: "the figures of the last `npm run chip`, on an emulated ESP32-C3, with their date",
	async measure(): Promise<Measurement> {
		if (!existsSync(keptPath)) throw new Error("Nobody has run `npm run chip` yet.");
		const kept: ChipFigures = JSON.parse(readFileSync(keptPath, "utf8"));
		const { instructions, ...figures } = kept;
		const rows = Object.entries(instructions);
		const text = table(Object.entries(figures)) + "\ninstructions\n" + table(rows);
		return { figures, text };
	},
};
