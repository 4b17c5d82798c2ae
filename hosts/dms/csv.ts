/** Files for spreadsheets: RFC 4180, and no cell is a formula, whoever has named what is in it. */

import type { Device } from "./administration/devices.js";
import { timeText } from "./json.js";
import { printable } from "./printable.js";

/** What a spreadsheet would work out; an apostrophe before it says that it is a text. */
const formulaPattern = /^[=+\-@]/;

export type CsvCell = string | number | null;

/** With the end of its line; nothing for `null`. */
export function csvLine(cells: readonly CsvCell[]): string {
	return cells.map(cellOf).join(",") + "\n";
}

function cellOf(cell: CsvCell): string {
	const text = printable(String(cell ?? ""));
	const safe = formulaPattern.test(text.trimStart()) ? "'" + text : text;
	return /[",]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
}

export const deviceCsvHead = csvLine([
	...["uuid", "name", "state", "owner", "product", "platform", "version", "tag", "pin"],
	...["hardware", "first seen", "last seen", "locked", "revoked"],
]);

export function deviceCsvLine(device: Device): string {
	const { uuid, name, state, owner, product, platform, version, tag, pin, hardware } = device;
	const { firstSeenAt, lastSeenAt, lockedAt, revokedAt } = device;
	const times = [firstSeenAt, lastSeenAt, lockedAt, revokedAt].map(
		(time) => time && timeText(time),
	);
	return csvLine([
		...[uuid, name, state, owner, product, platform, version, tag, pin, hardware],
		...times,
	]);
}
