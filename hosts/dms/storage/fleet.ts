/** The fleet in figures. */

import type { Database, DeviceState } from "./schema.js";

export interface FleetCount {
	readonly product: string | null;
	readonly version: string;
	readonly state: DeviceState;
	readonly count: number;
}

/** How many devices there are of each kind. It reads every row: for who asks now and then. */
export async function countDevices(database: Database): Promise<FleetCount[]> {
	const rows = await database
		.selectFrom("devices")
		.select(["product", "version", "state"])
		.select(({ fn }) => fn.countAll().as("count"))
		.groupBy(["product", "version", "state"])
		.execute();
	return rows.map((row) => ({ ...row, count: Number(row.count) }));
}

export interface VersionCount {
	readonly version: string;
	readonly devices: number;
}

/** How many devices of a product run each version, the most frequent one first. */
export async function countVersions(database: Database, product: string): Promise<VersionCount[]> {
	const rows = await database
		.selectFrom("devices")
		.select("version")
		.select(({ fn }) => fn.countAll().as("devices"))
		.where("product", "=", product)
		.groupBy("version")
		.orderBy("devices", "desc")
		.orderBy("version")
		.execute();
	return rows.map(({ version, devices }) => ({ version, devices: Number(devices) }));
}
