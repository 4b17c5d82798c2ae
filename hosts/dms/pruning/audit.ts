/**
 * Entries of the audit log: for ever, unless the operator says otherwise; and then each is written
 * to a file before it leaves the database.
 */

import {
	closeSync,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	mkdirSync,
	openSync,
	readSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { sync } from "../authority/key-folder.js";
import type { StoredAuditEntry } from "../storage/audit.js";
import { readSetting } from "../storage/settings.js";
import { OperatorError } from "../operator-error.js";
import { cursorBehind, lookLength, type PruneRule } from "./rule.js";

/** Who made a wrong clock plain may be asked for some time. */
const keepMinimum = 30 * 86_400;
/** Of an entry as JSON, whose texts all have limits: some thousand bytes. */
const lineLengthMaximum = 65_536;

export const audit: PruneRule = {
	kind: "audit",
	keepDefault: undefined,
	keepMinimum,
	async look({ database }, before, cursor) {
		const rows = await database
			.selectFrom("audit")
			.select(["id", "time"])
			.where("id", ">", Number(cursor ?? 0))
			.orderBy("id")
			.limit(lookLength + 1)
			.execute();
		// The newest of all stays: a clock is doubted by it. They are in the order of time, almost.
		const all = rows.slice(0, -1);
		const outdated = all.filter(({ time }) => time < before).map(({ id }) => String(id));
		const isOver = outdated.length === 0;
		return { outdated, next: isOver ? undefined : cursorBehind(all, ({ id }) => String(id)) };
	},
	async prepare({ database }, keys) {
		const folder = await readSetting(database, "auditExport");
		if (folder === undefined) {
			const command = "opendms prune --keep audit=365d --export <folder>";
			throw new OperatorError("usage", "Say where entries go before they are deleted: " + command);
		}
		const entries = await database
			.selectFrom("audit")
			.selectAll()
			.where("id", "in", keys.map(Number))
			.orderBy("id")
			.execute();
		exportEntries(folder, entries);
	},
	async remove(_core, database, keys) {
		await database.deleteFrom("audit").where("id", "in", keys.map(Number)).execute();
	},
};

/** One file a month, one line of JSON an entry. After a crash some may be in it twice. */
function exportEntries(folder: string, entries: readonly StoredAuditEntry[]): void {
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const months = new Map<string, string[]>();
	for (const { details, ...entry } of entries) {
		const month = new Date(entry.time * 1000).toISOString().slice(0, 7);
		const lines = months.get(month) ?? [];
		lines.push(JSON.stringify({ ...entry, details: JSON.parse(details) }) + "\n");
		months.set(month, lines);
	}
	for (const [month, lines] of months) {
		append(join(folder, "audit-" + month + ".jsonl"), lines.join(""));
	}
	sync(folder);
}

/** All of it or, as on a full disk, nothing. */
function append(path: string, text: string): void {
	const file = openSync(path, "a+", 0o600);
	try {
		const length = wholeLength(file);
		ftruncateSync(file, length);
		try {
			writeFileSync(file, text);
			fsyncSync(file);
		} catch (error) {
			ftruncateSync(file, length);
			throw error;
		}
	} finally {
		closeSync(file);
	}
}

/** Without the line that a crash has broken off: its entry is still in the database. */
function wholeLength(file: number): number {
	const { size } = fstatSync(file);
	const tail = Buffer.alloc(Math.min(size, lineLengthMaximum));
	readSync(file, tail, 0, tail.length, size - tail.length);
	return size - tail.length + tail.lastIndexOf("\n") + 1;
}
