/** A data folder with a fleet in it: few devices that ask, and many that are only there. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databaseFile, openDatabase } from "../../hosts/dms/storage/database.js";
import { newDevice } from "../../hosts/dms/storage/devices.js";
import type { Database, DeviceRow } from "../../hosts/dms/storage/schema.js";
import { makeBundle } from "../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../hosts/dms/publisher/keys.js";
import { openService } from "../../hosts/dms/service.js";
import { createKeyPair, facts, type KeyPair } from "../../test/dms/protocol-device.js";

export const address = "dms.example.com:8443";
export const product = "ACME-LAMP";
export const newVersion = "1.1.0.0";
const platform = "esp32";
const imageLength = 100_000;
/** What a device's life leaves: claimed, activated, seen. */
const auditRowsPerDevice = 7;
const certificateLength = 446;
const batchLength = 500;

export interface Fleet {
	readonly data: string;
	/** Devices on the product, with their keys, in the order of their UUIDs: before all others. */
	readonly keys: readonly KeyPair[];
	/** The bundle that is not tagged yet. */
	readonly bundle: string;
	/** More devices that are only there, each with a report of the bundle. */
	grow(count: number): Promise<void>;
	/** Rolls the bundle out to all. */
	release(): Promise<void>;
	remove(): void;
}

export async function createFleet(asking: number): Promise<Fleet> {
	const folder = mkdtempSync(join(tmpdir(), "opendms-bench-"));
	const data = join(folder, "dms");
	const service = await openService({ data, addresses: [address] });
	await service.users.add("alice");
	const title = "Acme Lamp";
	await service.products.add({ code: product, title, platform, owner: "alice" });
	createPlatformKey(folder, platform);
	const { statement } = createProductKey(folder, product, platform, false);
	await service.bundles.addKey(Uint8Array.from(readFileSync(statement)));
	const image = Uint8Array.from(randomBytes(imageLength));
	const options = { product, platform, version: newVersion, sequence: 1, image };
	const key = productKeyOf(folder, product);
	const { id: bundle } = await service.bundles.publish(makeBundle(options, key));
	await service.close();
	const keys = Array.from({ length: asking }, createKeyPair);
	const rows = keys.map((one, index) => ({
		...deviceOf(one.keyId, one.publicKey, facts.version),
		uuid: index.toString(16).padStart(40, "0"),
	}));
	await inDatabase(data, (database) => insertAll(database, rows));
	return {
		data,
		keys,
		bundle,
		grow: (count) => inDatabase(data, (database) => addSleeping(database, bundle, count)),
		async release() {
			const opened = await openService({ data });
			await opened.bundles.tag(product, newVersion, "release");
			await opened.close();
		},
		remove: () => rmSync(folder, { recursive: true }),
	};
}

async function inDatabase(
	data: string,
	work: (database: Database) => Promise<void>,
): Promise<void> {
	const database = await openDatabase(join(data, databaseFile));
	try {
		await database.transaction().execute(work);
	} finally {
		await database.destroy();
	}
}

async function addSleeping(database: Database, bundle: string, count: number): Promise<void> {
	const rows: DeviceRow[] = [];
	while (rows.length < count) {
		rows.push(deviceOf(randomBytes(32).toString("hex"), randomBytes(65), newVersion));
	}
	await insertAll(database, rows);
	const reportedAt = seconds();
	for (const batch of batchesOf(rows)) {
		const reports = batch.map(({ uuid: device }) => ({
			...{ device, bundle, status: 1, percent: 0, reportedAt, round: 1 },
		}));
		await database.insertInto("updateReports").values(reports).execute();
	}
	await database
		.insertInto("reportCounts")
		.values({ bundle, status: 1, devices: count })
		.onConflict((conflict) =>
			conflict
				.columns(["bundle", "status"])
				.doUpdateSet(({ eb }) => ({ devices: eb("reportCounts.devices", "+", count) })),
		)
		.execute();
}

async function insertAll(database: Database, rows: readonly DeviceRow[]): Promise<void> {
	const time = seconds();
	for (const batch of batchesOf(rows)) {
		await database.insertInto("devices").values(batch).execute();
		const certificates = batch.map(({ uuid: device }) => ({
			...{ serial: randomBytes(16).toString("hex"), device, issuedAt: time },
			...{ certificate: randomBytes(certificateLength), expiresAt: time + 315_360_000 },
		}));
		await database.insertInto("certificates").values(certificates).execute();
		for (let entry = 0; entry < auditRowsPerDevice; entry++) {
			const entries = batch.map(({ uuid }) => ({
				...{ time, actor: "device:" + uuid, action: "device.claim", subject: "user:alice" },
				...{ rule: "", details: '{"via":"token:73f1a2b4c5d6"}' },
			}));
			await database.insertInto("audit").values(entries).execute();
		}
	}
}

function* batchesOf<T>(rows: readonly T[]): Generator<T[]> {
	for (let start = 0; start < rows.length; start += batchLength) {
		yield rows.slice(start, start + batchLength);
	}
}

function deviceOf(keyId: string, publicKey: Uint8Array, version: string): DeviceRow {
	const uuid = randomBytes(20).toString("hex");
	const hardware = randomBytes(6).toString("hex");
	const known = { uuid, keyId, publicKey, hardware, platform, version };
	return {
		...newDevice({ ...known, state: "provisioned" }, seconds()),
		...{ name: "Lamp " + uuid.slice(0, 8), owner: "alice", product },
	};
}

function seconds(): number {
	return Math.floor(Date.now() / 1000);
}
