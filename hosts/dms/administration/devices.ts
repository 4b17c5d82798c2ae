/** Devices, as the operator sees them. */

import { isVersion } from "../../../src/protocol/version.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { releaseDevice } from "../release.js";
import { appendAudit } from "../storage/audit.js";
import { certificatesOf } from "../storage/certificates.js";
import { findDevice, listDevices, updateDevice } from "../storage/devices.js";
import type { Database, DeviceRow, DeviceState, Tag } from "../storage/schema.js";
import { change, operator } from "./office.js";

export interface Device {
	readonly uuid: string;
	/** `issued`: it was given credentials. `provisioned`: it said that its flash holds them. */
	readonly state: DeviceState;
	readonly owner: string | null;
	readonly product: string | null;
	/** The tag of the bundles it gets before others. */
	readonly tag: Tag | null;
	/** The version it gets whatever the tags are. */
	readonly pin: string | null;
	readonly hardware: string;
	readonly platform: string;
	readonly version: string;
	/** The name of its key. */
	readonly keyId: string;
	/** Seconds since 1970. */
	readonly firstSeenAt: number;
	/** Seconds since 1970. */
	readonly lastSeenAt: number;
}

export interface DeviceDetails extends Device {
	readonly certificates: readonly {
		readonly serial: string;
		readonly issuedAt: number;
		readonly expiresAt: number;
	}[];
}

export interface Devices {
	list(): Promise<Device[]>;
	show(uuid: string): Promise<DeviceDetails>;
	/** Takes the device from its owner, as a factory reset does. Its product stays. */
	release(uuid: string): Promise<void>;
	/** Gives it the bundles of this tag before others; `release` is what all get. */
	tag(uuid: string, tag: Tag): Promise<void>;
	/** Gives it this version whatever the tags are, or again what they say. */
	pin(uuid: string, version: string | undefined): Promise<void>;
}

export function createDevices(core: Core): Devices {
	return {
		list: async () => (await listDevices(core.database)).map(deviceOf),
		show: (uuid) => show(core.database, uuid),
		release: (uuid) =>
			change(core, async (database, time) => {
				const device = await requireDevice(database, uuid);
				await releaseDevice(database, device, operator, time);
			}),
		tag: (uuid, tag) => change(core, (database, time) => set(database, uuid, { tag }, time)),
		pin: (uuid, version) =>
			change(core, (database, time) => set(database, uuid, { pin: version ?? null }, time)),
	};
}

async function show(database: Database, uuid: string): Promise<DeviceDetails> {
	const device = await requireDevice(database, uuid);
	const certificates = await certificatesOf(database, device.uuid);
	return {
		...deviceOf(device),
		certificates: certificates.map(({ serial, issuedAt, expiresAt }) => ({
			serial,
			issuedAt,
			expiresAt,
		})),
	};
}

/** A pin may be of a version that is still to come. */
async function set(
	database: Database,
	uuid: string,
	changes: { readonly tag: Tag } | { readonly pin: string | null },
	time: number,
): Promise<void> {
	const device = await requireDevice(database, uuid);
	if ("pin" in changes && changes.pin !== null && !isVersion(changes.pin)) {
		const message = changes.pin + " is no version: four numbers such as 1.4.0.28.";
		throw new OperatorError("name", message);
	}
	await updateDevice(database, device.uuid, changes);
	const action = "pin" in changes ? "device.pin" : "device.tag";
	const entry = { actor: operator, action, subject: "device:" + device.uuid };
	await appendAudit(database, time, { ...entry, details: changes });
}

async function requireDevice(database: Database, uuid: string): Promise<DeviceRow> {
	const device = await findDevice(database, uuid.toLowerCase());
	if (device !== undefined) return device;
	const message = "There is no device " + uuid + ". See which there are: opendms device list";
	throw new OperatorError("device-unknown", message);
}

function deviceOf(row: DeviceRow): Device {
	const { uuid, state, owner, product, tag, pin, hardware, platform, version } = row;
	const { keyId, firstSeenAt, lastSeenAt } = row;
	return {
		uuid,
		state,
		owner,
		product,
		tag,
		pin,
		hardware,
		platform,
		version,
		keyId,
		firstSeenAt,
		lastSeenAt,
	};
}
