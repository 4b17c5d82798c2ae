/** The fleet in figures. These read every row: for who looks at it now and then. */

import type { Database, DeviceState } from "./schema.js";

export interface FleetCount {
	readonly product: string | null;
	readonly version: string;
	readonly state: DeviceState;
	readonly count: number;
}

/** How many devices there are of each kind. */
export async function countDevices(database: Database): Promise<FleetCount[]> {
	const rows = await database
		.selectFrom("devices")
		.select(["product", "version", "state"])
		.select(({ fn }) => fn.countAll().as("count"))
		.groupBy(["product", "version", "state"])
		.execute();
	return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
