/** Which CA each device trusts: the one that has certified its present key. */

import type { Database } from "./schema.js";

/** How many devices, and which first ones. */
export interface Expected {
	readonly devices: number;
	/** Provisioning tokens that can still be used. */
	readonly tokens: number;
}

interface Count {
	readonly authority: string | null;
	readonly count: number | string | bigint;
}

/**
 * Of each CA, by its fingerprint. A device of which no certificate is kept is one of the first CA,
 * and so is one from before that was noted. Who is revoked is refused anyway.
 */
export async function countExpected(
	database: Database,
	first: string,
	time: number,
): Promise<ReadonlyMap<string, Expected>> {
	const devices = await ofDevices(database)
		.select(({ fn }) => ["certificates.authority", fn.count("devices.uuid").as("count")])
		.groupBy("certificates.authority")
		.execute();
	const tokens = await database
		.selectFrom("provisioningTokens")
		.select(({ fn }) => ["authority", fn.countAll().as("count")])
		.where("deviceKeyId", "is", null)
		.where("revokedAt", "is", null)
		.where("expiresAt", ">", time)
		.groupBy("authority")
		.execute();
	const counts = new Map<string, Expected>();
	const add = (rows: readonly Count[], kind: keyof Expected): void => {
		for (const { authority, count } of rows) {
			const name = authority ?? first;
			const held = counts.get(name) ?? { devices: 0, tokens: 0 };
			counts.set(name, { ...held, [kind]: held[kind] + Number(count) });
		}
	};
	add(devices, "devices");
	add(tokens, "tokens");
	return counts;
}

/** UUIDs of the first devices that trust a CA, or the first one. */
export async function expectedDevices(
	database: Database,
	authority: string,
	isFirst: boolean,
	limit: number,
): Promise<string[]> {
	const rows = await ofDevices(database)
		.select("devices.uuid")
		.where(({ eb, or }) =>
			or([
				eb("certificates.authority", "=", authority),
				...(isFirst ? [eb("certificates.authority", "is", null)] : []),
			]),
		)
		.orderBy("devices.uuid")
		.limit(limit)
		.execute();
	return rows.map(({ uuid }) => uuid);
}

/** Each device that isn't revoked, with the newest certificate of its present key. */
function ofDevices(database: Database) {
	return database
		.selectFrom("devices")
		.leftJoin("certificates", (join) =>
			join
				.onRef("certificates.device", "=", "devices.uuid")
				.onRef("certificates.keyId", "=", "devices.keyId")
				.on("certificates.serial", "=", ({ selectFrom }) =>
					selectFrom("certificates as one")
						.select("one.serial")
						.whereRef("one.device", "=", "devices.uuid")
						.whereRef("one.keyId", "=", "devices.keyId")
						.orderBy("one.issuedAt", "desc")
						.orderBy("one.serial")
						.limit(1),
				),
		)
		.where("devices.revokedAt", "is", null);
}
