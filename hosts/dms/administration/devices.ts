/** Devices, as the operator sees them. */

import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { releaseDevice } from "../release.js";
import { certificatesOf } from "../storage/certificates.js";
import { findDevice, listDevices } from "../storage/devices.js";
import type { Database, DeviceRow, DeviceState } from "../storage/schema.js";
import { change, operator } from "./office.js";

export interface Device {
	readonly uuid: string;
	/** `issued`: it was given credentials. `provisioned`: it said that its flash holds them. */
	readonly state: DeviceState;
	readonly owner: string | null;
	readonly product: string | null;
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

async function requireDevice(database: Database, uuid: string): Promise<DeviceRow> {
	const device = await findDevice(database, uuid.toLowerCase());
	if (device !== undefined) return device;
	const message = "There is no device " + uuid + ". See which there are: opendms device list";
	throw new OperatorError("device-unknown", message);
}

function deviceOf(row: DeviceRow): Device {
	const { uuid, state, owner, product, hardware, platform, version } = row;
	const { keyId, firstSeenAt, lastSeenAt } = row;
	return {
		uuid,
		state,
		owner,
		product,
		hardware,
		platform,
		version,
		keyId,
		firstSeenAt,
		lastSeenAt,
	};
}
