/** How bundles fare on devices, by their own reports, and how many devices have said what. */

import type { Database } from "./schema.js";
import type { BundleRow, UpdateReportRow } from "./schema-updates.js";

/** A device has some a year. */
const reportsMaximum = 100;

export async function findReport(
	database: Database,
	bundle: string,
	device: string,
): Promise<UpdateReportRow | undefined> {
	return database
		.selectFrom("updateReports")
		.selectAll()
		.where("bundle", "=", bundle)
		.where("device", "=", device)
		.executeTakeFirst();
}

export interface DeviceReport {
	readonly product: string;
	readonly version: string;
	/** `dfu.status`. */
	readonly status: number;
	/** How much of the image was there. */
	readonly percent: number;
	readonly reportedAt: number;
}

/** What a device has reported of each bundle last, the newest first. */
export async function reportsOfDevice(database: Database, device: string): Promise<DeviceReport[]> {
	return database
		.selectFrom("updateReports")
		.innerJoin("bundles", "bundles.id", "updateReports.bundle")
		.select(["product", "version", "status", "percent", "reportedAt"])
		.where("device", "=", device)
		.orderBy("reportedAt", "desc")
		.limit(reportsMaximum)
		.execute();
}

export async function putReport(database: Database, report: UpdateReportRow): Promise<void> {
	const { status, percent, reportedAt, round } = report;
	await database
		.insertInto("updateReports")
		.values(report)
		.onConflict((conflict) =>
			conflict.columns(["bundle", "device"]).doUpdateSet({ status, percent, reportedAt, round }),
		)
		.execute();
}

/** One device more, or with -1 one less, has reported this status last. */
export async function countReport(
	database: Database,
	bundle: string,
	status: number,
	change: 1 | -1,
): Promise<void> {
	await database
		.insertInto("reportCounts")
		.values({ bundle, status, devices: change })
		.onConflict((conflict) =>
			conflict
				.columns(["bundle", "status"])
				.doUpdateSet(({ eb }) => ({ devices: eb("reportCounts.devices", "+", change) })),
		)
		.execute();
}

/** How many devices have reported each status last. */
export async function reportCountsOf(
	database: Database,
	bundle: string,
): Promise<{ status: number; devices: number }[]> {
	return database
		.selectFrom("reportCounts")
		.select(["status", "devices"])
		.where("bundle", "=", bundle)
		.where("devices", ">", 0)
		.orderBy("status")
		.execute();
}

/** Sets the counters of a roll-out. */
export async function setRollOut(
	database: Database,
	bundle: string,
	counters: Pick<BundleRow, "failures" | "successes"> & { readonly round?: number },
): Promise<void> {
	await database.updateTable("bundles").set(counters).where("id", "=", bundle).execute();
}
