/** Files for spreadsheets: RFC 4180, its lines as Unix ends them, and no cell is a formula. */

import type { Device } from "./administration/devices.js";
import { timeText } from "./json.js";
import { printable } from "./printable.js";

/**
 * What a spreadsheet would work out, also in letters as wide as Chinese ones; an apostrophe before
 * it says that it is a text. Where commas are for decimals, a cell begins behind each semicolon.
 */
const formulaPattern = /(^|;)(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

export type CsvCell = string | number | null;

/** With the end of its line; nothing for `null`. */
export function csvLine(cells: readonly CsvCell[]): string {
	return cells.map(cellOf).join(",") + "\n";
}

function cellOf(cell: CsvCell): string {
	const text = printable(String(cell ?? ""));
	const safe = text.replace(formulaPattern, "$1'");
	return /[",;]/.test(safe) ? '"' + safe.replaceAll('"', '""') + '"' : safe;
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
