/** Devices, as the operator sees them. */

import { isVersion } from "../../../src/protocol/version.js";
import { certificatePem } from "../authority/credential.js";
import type { RevocationReason } from "../authority/revocation-list.js";
import { signLists } from "../authority/revocations.js";
import { type Core, timeOf } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { printable } from "../printable.js";
import { releaseDevice } from "../release.js";
import { appendAudit, type AuditEntry } from "../storage/audit.js";
import { certificatesOf, findCertificate } from "../storage/certificates.js";
import { deleteDevice } from "../storage/deleted-devices.js";
import { type DeviceFilter, findDevice, listDevices, updateDevice } from "../storage/devices.js";
import { revokeCertificates } from "../storage/revocations.js";
import { collect, type Page, pagesOf, type Part } from "../storage/pages.js";
import type { Database, DeviceRow, DeviceState } from "../storage/schema.js";
import type { Tag } from "../storage/schema-updates.js";
import { actor, change } from "./change.js";
import { outlookOf, type UpdateOutlook } from "./update-outlook.js";

export interface Device {
	readonly uuid: string;
	/** What people call it; it goes with its owner. */
	readonly name: string | null;
	/** `issued`: it was given credentials. `provisioned`: it said that its flash holds them. */
	readonly state: DeviceState;
	readonly owner: string | null;
	readonly product: string | null;
	/** The tag of the bundles it gets before others. */
	readonly tag: Tag | null;
	/** The version it gets whatever the tags are. */
	readonly pin: string | null;
	readonly hardware: string;
	/** Another piece of hardware that came with its key, and when: a swapped board or a copy. */
	readonly otherHardware: string | null;
	readonly otherHardwareAt: number | null;
	/** From when on the operator refuses all its requests. */
	readonly lockedAt: number | null;
	/** Since when its certificates are revoked; it stays locked. */
	readonly revokedAt: number | null;
	readonly platform: string;
	readonly version: string;
	/** The name of its key. */
	readonly keyId: string;
	/** The name of the key that it renews to, until it has used that. */
	readonly nextKeyId: string | null;
	/** Names the key of its platform that its firmware has, as it has told it last. */
	readonly platformKey: string | null;
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

export interface DeviceCertificate {
	/** Hexadecimal. */
	readonly serial: string;
	/** Seconds since 1970. */
	readonly issuedAt: number;
	/** Seconds since 1970. */
	readonly expiresAt: number;
	readonly pem: string;
}

export interface Devices {
	/** All of them at once: a fleet is better taken in `pages`. */
	list(filter?: DeviceFilter): Promise<Device[]>;
	/** In the order of their UUIDs. */
	pages(filter?: DeviceFilter, part?: Part<string>): AsyncIterable<Device[]>;
	show(uuid: string): Promise<DeviceDetails>;
	/**
	 * Takes the device from its owner, as a factory reset does. Its product stays. With `by` it is
	 * taken from that user, or from nobody.
	 */
	release(uuid: string, by?: string): Promise<void>;
	/** Says what people call it; `undefined`: nothing. */
	rename(uuid: string, name: string | undefined): Promise<void>;
	/** Gives it the bundles of this tag before others; `release` is what all get. */
	tag(uuid: string, tag: Tag): Promise<void>;
	/** Gives it this version whatever the tags are, or again what they say. */
	pin(uuid: string, version: string | undefined): Promise<void>;
	/** Its board was swapped: from now on this is its hardware. */
	swap(uuid: string, hardware: string): Promise<void>;
	/** Refuses all its requests, or takes them again. */
	lock(uuid: string): Promise<void>;
	unlock(uuid: string): Promise<void>;
	/** Locks it for good, and puts its certificates on the list for other services. */
	revoke(uuid: string, reason?: RevocationReason): Promise<void>;
	/** The certificate of its key that is good now. */
	certificate(uuid: string): Promise<DeviceCertificate>;
	/** What it gets at its next query, and why. */
	outlook(uuid: string): Promise<UpdateOutlook>;
	/** Deletes it; its key and its UUID are never taken again. */
	delete(uuid: string): Promise<void>;
}

export function createDevices(core: Core): Devices {
	return {
		list: (filter) => collect(pagesOfDevices(core.database, filter)),
		pages: (filter, part) => pagesOfDevices(core.database, filter, part),
		show: (uuid) => show(core.database, uuid),
		release: (uuid, by) =>
			change(core, async (database, time) => {
				const device = await requireDevice(database, uuid);
				// Whoever releases his own may have been overtaken by the next owner.
				if (by !== undefined && device.owner !== by) {
					throw new OperatorError("device-unknown", "You have no device " + uuid + ".");
				}
				await releaseDevice(database, device, actor(), time);
			}),
		rename: (uuid, name) =>
			change(core, (database, time) => rename(database, uuid, name ?? null, time)),
		tag: (uuid, tag) => change(core, (database, time) => set(database, uuid, { tag }, time)),
		pin: (uuid, version) =>
			change(core, (database, time) => set(database, uuid, { pin: version ?? null }, time)),
		swap: (uuid, hardware) =>
			change(core, (database, time) => swap(database, uuid, hardware, time)),
		lock: (uuid) => change(core, (database, time) => lock(database, uuid, time, time)),
		unlock: (uuid) => change(core, (database, time) => lock(database, uuid, null, time)),
		revoke: (uuid, reason = "keyCompromise") =>
			change(core, (database, time) => revoke(core, database, uuid, reason, time)),
		certificate: (uuid) => certificateOf(core, uuid),
		outlook: async (uuid) => outlookOf(core, await requireDevice(core.database, uuid)),
		delete: (uuid) => change(core, (database, time) => remove(core, database, uuid, time)),
	};
}

async function* pagesOfDevices(
	database: Database,
	filter: DeviceFilter = {},
	part: Part<string> = {},
): AsyncGenerator<Device[]> {
	const read = (page: Page<string>) => listDevices(database, filter, page);
	for await (const rows of pagesOf(read, ({ uuid }) => uuid, part)) yield rows.map(deviceOf);
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

async function rename(
	database: Database,
	uuid: string,
	name: string | null,
	time: number,
): Promise<void> {
	const device = await requireDevice(database, uuid);
	if (name !== null && (name.trim() === "" || name.length > 64 || printable(name) !== name)) {
		throw new OperatorError("name", "A device's name has 1 to 64 printable characters.");
	}
	await updateDevice(database, device.uuid, { name });
	await auditDevice(database, time, "device.name", device, { name });
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
	const entry = { actor: actor(), action, subject: "device:" + device.uuid };
	await appendAudit(database, time, { ...entry, details: changes });
}

async function swap(
	database: Database,
	uuid: string,
	hardware: string,
	time: number,
): Promise<void> {
	const device = await requireDevice(database, uuid);
	if (!/^[\x21-\x7e]{1,64}$/.test(hardware)) {
		const message = "Write the board's hardware as the device says it: 12 hex digits of its MAC.";
		throw new OperatorError("name", message);
	}
	const changes = { hardware, otherHardware: null, otherHardwareAt: null };
	await updateDevice(database, device.uuid, changes);
	await auditDevice(database, time, "device.swap", device, { from: device.hardware, hardware });
}

async function lock(
	database: Database,
	uuid: string,
	lockedAt: number | null,
	time: number,
): Promise<void> {
	const device = await requireDevice(database, uuid);
	if ((device.lockedAt === null) === (lockedAt === null)) return;
	if (device.revokedAt !== null) {
		const message = device.uuid + " is revoked, which is final. Nothing lets it in again.";
		throw new OperatorError("device-revoked", message);
	}
	await updateDevice(database, device.uuid, { lockedAt });
	const action = lockedAt === null ? "device.unlock" : "device.lock";
	await auditDevice(database, time, action, device);
}

async function revoke(
	core: Core,
	database: Database,
	uuid: string,
	reason: RevocationReason,
	time: number,
): Promise<void> {
	const device = await requireDevice(database, uuid);
	if (device.revokedAt !== null) return;
	const changes = { revokedAt: time, lockedAt: device.lockedAt ?? time };
	await updateDevice(database, device.uuid, changes);
	await revokeCertificates(database, device.uuid, reason, time);
	await signLists(database, core, time);
	await auditDevice(database, time, "device.revoke", device, { reason });
}

async function certificateOf(core: Core, uuid: string): Promise<DeviceCertificate> {
	const device = await requireDevice(core.database, uuid);
	const held = await findCertificate(core.database, device.keyId, device.uuid, timeOf(core));
	if (held === undefined || device.revokedAt !== null) {
		const why = device.revokedAt === null ? "It has ended; the device renews it" : "It is revoked";
		throw new OperatorError(
			"certificate-unknown",
			`${device.uuid} has no good certificate. ${why}.`,
		);
	}
	const { serial, issuedAt, expiresAt, certificate } = held;
	return { serial, issuedAt, expiresAt, pem: certificatePem(certificate) };
}

async function remove(core: Core, database: Database, uuid: string, time: number): Promise<void> {
	const device = await requireDevice(database, uuid);
	// Its key is never taken again here, so it isn't to be trusted elsewhere.
	await revokeCertificates(database, device.uuid, "cessationOfOperation", time);
	await signLists(database, core, time);
	await deleteDevice(database, device, time);
	const { owner, product, hardware, keyId } = device;
	await auditDevice(database, time, "device.delete", device, { owner, product, hardware, keyId });
}

async function auditDevice(
	database: Database,
	time: number,
	action: string,
	device: DeviceRow,
	details: AuditEntry["details"] = {},
): Promise<void> {
	const subject = "device:" + device.uuid;
	await appendAudit(database, time, { actor: actor(), action, subject, details });
}

async function requireDevice(database: Database, uuid: string): Promise<DeviceRow> {
	const device = await findDevice(database, uuid.toLowerCase());
	if (device !== undefined) return device;
	const message = "There is no device " + uuid + ". See which there are: opendms device list";
	throw new OperatorError("device-unknown", message);
}

function deviceOf({ publicKey: _, nextPublicKey: __, ...device }: DeviceRow): Device {
	return device;
}
