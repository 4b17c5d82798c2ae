/** What a benchmark is, and how what it has measured is printed. */

export interface Benchmark {
	/** One line of what it measures. */
	readonly summary: string;
	measure(): Promise<Measurement>;
}

export interface Measurement {
	/** The figures, as `--json` prints them: in one line, units last in each name. */
	readonly figures: Readonly<Record<string, unknown>>;
	/** The same and more, for a person to read. */
	readonly text: string;
}

/** Rows with their columns aligned: the first to the left, the others, numbers, to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
	const texts = rows.map((row) => row.map((cell) => cell.toLocaleString("en")));
	const widths: number[] = [];
	for (const row of texts) {
		row.forEach((cell, column) => {
			widths[column] = Math.max(widths[column] ?? 0, cell.length);
		});
	}
	const align = (cell: string, column: number): string =>
		column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
	return texts.map((row) => row.map(align).join("  ").trimEnd() + "\n").join("");
}
