/** Devices: one for each public key that was provisioned. */

import { sql, type Updateable } from "kysely";
import { isUuidDeleted } from "./deleted-devices.js";
import type { Page } from "./pages.js";
import type { Database, DeviceRow, DeviceState } from "./schema.js";

export async function findDevice(database: Database, uuid: string): Promise<DeviceRow | undefined> {
	return database.selectFrom("devices").selectAll().where("uuid", "=", uuid).executeTakeFirst();
}

export async function findDeviceByKey(
	database: Database,
	keyId: string,
): Promise<DeviceRow | undefined> {
	return database.selectFrom("devices").selectAll().where("keyId", "=", keyId).executeTakeFirst();
}

/** Whether a device has this UUID, or had it until it was deleted. */
export async function isUuidTaken(database: Database, uuid: string): Promise<boolean> {
	return (await findDevice(database, uuid)) !== undefined || (await isUuidDeleted(database, uuid));
}

/** What is known of a device when it comes; all else is nobody's, and never was. */
export function newDevice(
	known: Pick<
		DeviceRow,
		"uuid" | "keyId" | "publicKey" | "hardware" | "platform" | "version" | "state"
	>,
	time: number,
): DeviceRow {
	return {
		...known,
		owner: null,
		product: null,
		tag: null,
		pin: null,
		firstSeenAt: time,
		lastSeenAt: time,
		lockedAt: null,
		name: null,
		otherHardware: null,
		otherHardwareAt: null,
		nextKeyId: null,
		nextPublicKey: null,
		revokedAt: null,
		platformKey: null,
	};
}

/** Which devices; all that are given must be so. */
export interface DeviceFilter {
	/** With which its UUID begins, in lower case. */
	readonly prefix?: string | undefined;
	/** What its name has somewhere, in large or small letters. */
	readonly named?: string | undefined;
	readonly owner?: string | undefined;
	readonly product?: string | undefined;
	readonly state?: DeviceState | undefined;
	readonly isLocked?: boolean | undefined;
	/** Those that came with another piece of hardware too. */
	readonly isCopied?: boolean | undefined;
	/** Of which firmware. */
	readonly version?: string | undefined;
	/** A version that they have said something of, whatever they run now. */
	readonly reported?: string | undefined;
	/** What they have said of it, or of any version, last: `dfu.status`. */
	readonly reportedStatus?: number | undefined;
	/** Not seen since then, in seconds since 1970. */
	readonly unseenSince?: number | undefined;
	/** Seen then or later. */
	readonly seenSince?: number | undefined;
}

/** In the order of their UUIDs. */
export async function listDevices(
	database: Database,
	filter: DeviceFilter,
	{ after, limit }: Page<string>,
): Promise<DeviceRow[]> {
	const { prefix, named, owner, product, state, version } = filter;
	const { isLocked, isCopied, unseenSince, seenSince, reported, reportedStatus } = filter;
	const hasReported = reported !== undefined || reportedStatus !== undefined;
	return database
		.selectFrom("devices")
		.selectAll()
		.$if(prefix !== undefined, (query) =>
			// No hexadecimal digit is behind `g`.
			query.where("uuid", ">=", prefix ?? "").where("uuid", "<", prefix + "g"),
		)
		.$if(named !== undefined, (query) => query.where("uuid", "in", isNamed(database, named ?? "")))
		.$if(owner !== undefined, (query) => query.where("owner", "=", owner ?? ""))
		.$if(product !== undefined, (query) => query.where("product", "=", product ?? ""))
		.$if(state !== undefined, (query) => query.where("state", "=", state ?? "issued"))
		.$if(version !== undefined, (query) => query.where("version", "=", version ?? ""))
		.$if(hasReported, (query) => query.where("uuid", "in", reporters(database, filter)))
		.$if(isLocked === false, (query) => query.where("lockedAt", "is", null))
		.$if(isLocked === true, (query) => query.where("lockedAt", "is not", null))
		.$if(isCopied === false, (query) => query.where("otherHardware", "is", null))
		.$if(isCopied === true, (query) => query.where("otherHardware", "is not", null))
		.$if(unseenSince !== undefined, (query) => query.where("lastSeenAt", "<", unseenSince ?? 0))
		.$if(seenSince !== undefined, (query) => query.where("lastSeenAt", ">=", seenSince ?? 0))
		.$if(after !== undefined, (query) => query.where("uuid", ">", after ?? ""))
		.orderBy("uuid")
		.limit(limit)
		.execute();
}

/** The devices whose name has this somewhere; SQLite knows the case of A to Z alone. */
function isNamed(database: Database, part: string) {
	const escaped = part.replace(/[\\%_]/g, "\\$&");
	const like = (text: string) => sql<boolean>`lower("name") like ${"%" + text + "%"} escape '\\'`;
	const ascii = escaped.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
	return database
		.selectFrom("devices")
		.select("uuid")
		.where("name", "is not", null)
		.where(({ or }) => or([like(escaped.toLowerCase()), like(ascii)]));
}

/** The devices that have said of a version how it fares. */
function reporters(database: Database, filter: DeviceFilter) {
	const { product, reported, reportedStatus: status } = filter;
	return database
		.selectFrom("updateReports")
		.innerJoin("bundles", "bundles.id", "updateReports.bundle")
		.select("device")
		.$if(product !== undefined, (query) => query.where("bundles.product", "=", product ?? ""))
		.$if(reported !== undefined, (query) => query.where("bundles.version", "=", reported ?? ""))
		.$if(status !== undefined, (query) => query.where("status", "=", status ?? 0));
}

/** Any device of this owner. */
export async function findDeviceOf(
	database: Database,
	owner: string,
): Promise<DeviceRow | undefined> {
	return database
		.selectFrom("devices")
		.selectAll()
		.where("owner", "=", owner)
		.limit(1)
		.executeTakeFirst();
}

export async function insertDevice(database: Database, device: DeviceRow): Promise<void> {
	await database.insertInto("devices").values(device).execute();
}

export async function updateDevice(
	database: Database,
	uuid: string,
	changes: Updateable<DeviceRow>,
): Promise<void> {
	await database.updateTable("devices").set(changes).where("uuid", "=", uuid).execute();
}
