/** A service in a folder, and all that it keeps, to see whether a request has changed anything. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
	DatabaseSync,
	type DatabaseSyncInstance,
	type StatementSyncInstance,
} from "@photostructure/sqlite";
import type { LogEntry } from "../../hosts/dms/log.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { databaseFile } from "../../hosts/dms/storage/database.js";
import type { Clock } from "./clock.js";

export interface Archive {
	readonly service: Service;
	/** All rows, but for those of the audit log and of `others`, and when devices were last seen. */
	state(others?: readonly string[]): string;
	close(): Promise<void>;
}

/** Where there is no need to wait for a disk. */
const memoryFolder = "/dev/shm";

/** Users alice and bob; alice's product ACME-LAMP for the esp32, as the bench has them. */
export async function openArchive(
	clock: Clock,
	log: (entry: LogEntry) => void = () => {},
): Promise<Archive> {
	const folder = mkdtempSync(join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), "opendms-"));
	const addresses = ["dms.example.com:8443"];
	const service = await openService({ data: folder, addresses, now: clock.now, log });
	await service.users.add("alice");
	await service.users.add("bob");
	const product = { code: "ACME-LAMP", title: "Acme Lamp", platform: "esp32", owner: "alice" };
	await service.products.add(product);
	const reader = new DatabaseSync(join(folder, databaseFile), { readOnly: true });
	const tables = rowsOf(reader);
	return {
		service,
		state: (others = []) => stateOf(tables, ["audit", "sqlite_sequence", ...others]),
		async close() {
			reader.close();
			await service.close();
			rmSync(folder, { recursive: true });
		},
	};
}

type Rows = readonly (readonly [table: string, rows: StatementSyncInstance])[];

function rowsOf(reader: DatabaseSyncInstance): Rows {
	const tables = reader.prepare(
		"select name from sqlite_master where type = 'table' order by name",
	);
	const names = tables.all().map(({ name }) => String(name));
	return names.map((name) => [name, reader.prepare('select * from "' + name + '"')]);
}

function stateOf(tables: Rows, others: readonly string[]): string {
	const lines: string[] = [];
	for (const [table, rows] of tables) {
		if (others.includes(table)) continue;
		for (const { lastSeenAt: _, ...values } of rows.all()) {
			lines.push(table + " " + JSON.stringify(Object.entries(values).map(textOf)));
		}
	}
	return lines.join("\n");
}

function textOf([name, value]: [string, unknown]): string {
	const text = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
	return name + "=" + text;
}
