/**
 * Takes a device on again that the database has lost: it shows the certificate that this service's
 * CA gave it, before the backup was restored that doesn't know it.
 */

import { X509Certificate } from "node:crypto";
import { toHex } from "../../../src/encoding/bytes.js";
import { keyId } from "../../../src/protocol/key.js";
import type { AcknowledgeRequest } from "../../../src/protocol/messages.js";
import { type DeviceIdentity, readDeviceCertificate } from "../authority/device-certificate.js";
import { sha256 } from "../digest.js";
import { appendAudit } from "../storage/audit.js";
import { certificatesOf, insertCertificate } from "../storage/certificates.js";
import { replaceKey } from "../storage/device-keys.js";
import { findDevice, insertDevice, isUuidTaken, newDevice } from "../storage/devices.js";
import type { Database, DeviceRow } from "../storage/schema.js";
import { type Answer, refuse } from "./answer.js";
import type { AdoptableDevice } from "./device-endpoint.js";
import type { Exchange } from "./exchange.js";
import { noteHardware } from "./hardware.js";

interface IssuedIdentity extends DeviceIdentity {
	/** Fingerprint of the CA that gave the certificate, hexadecimal. */
	readonly authority: string;
}

/** Who sent this, if its certificate is for the key of the signer's name. */
export function adoptableOf(
	exchange: Exchange,
	request: AcknowledgeRequest,
	signer: string,
): AdoptableDevice | undefined {
	const { core, time } = exchange;
	const identity = core.authorities.links
		.map(({ authority }) => {
			const found = readDeviceCertificate(request.certificate, authority, time);
			return found && { ...found, authority: toHex(authority.fingerprint) };
		})
		.find((found) => found !== undefined);
	if (identity === undefined || keyId(identity.publicKey, { sha256 }) !== signer) return undefined;
	return {
		publicKey: identity.publicKey,
		admit: (database) => adopt(database, request, identity, signer, time),
	};
}

async function adopt(
	database: Database,
	request: AcknowledgeRequest,
	identity: IssuedIdentity,
	signer: string,
	time: number,
): Promise<DeviceRow | Answer> {
	const { certificate, hardware, platform, version } = request;
	const { uuid, publicKey, serial } = identity;
	const entry = {
		actor: "key:" + signer,
		action: "device.adopt",
		subject: "device:" + uuid,
		details: { serial, hardware, platform, version },
	};
	const holder = await findDevice(database, uuid);
	if (holder !== undefined && (await isSuccessor(database, holder, identity))) {
		// Refused by the caller, and not changed.
		if (holder.lockedAt !== null) return holder;
		if (holder.hardware !== hardware) {
			await noteHardware(database, holder, request, time);
			return refuse("hardware-other", { hardware: holder.hardware });
		}
		await keepCertificate(database, identity, certificate, signer);
		await appendAudit(database, time, {
			...entry,
			details: { ...entry.details, before: holder.keyId },
		});
		return replaceKey(database, holder, { keyId: signer, publicKey }, time);
	}
	if (holder !== undefined || (await isUuidTaken(database, uuid))) {
		await appendAudit(database, time, { ...entry, rule: "uuid-taken" });
		return refuse("uuid-taken");
	}
	const known = { uuid, keyId: signer, publicKey, hardware, platform, version };
	// As it comes back: without owner and product.
	const device = newDevice({ ...known, state: "provisioned" }, time);
	await insertDevice(database, device);
	await keepCertificate(database, identity, certificate, signer);
	await appendAudit(database, time, entry);
	return device;
}

/**
 * Whether the device has renewed its key after the backup was made: its certificate is newer than
 * each that is known here, and only this service, asked by the key before, can have given it.
 */
async function isSuccessor(
	database: Database,
	{ uuid }: DeviceRow,
	identity: DeviceIdentity,
): Promise<boolean> {
	const known = await certificatesOf(database, uuid);
	return known.every(({ certificate }) => {
		const { validFrom } = new X509Certificate(certificate);
		return identity.issuedAt > Date.parse(validFrom) / 1000;
	});
}

async function keepCertificate(
	database: Database,
	{ uuid, serial, issuedAt, expiresAt, authority }: IssuedIdentity,
	certificate: Uint8Array,
	keyIdOfSigner: string,
): Promise<void> {
	const row = { serial, device: uuid, certificate, issuedAt, expiresAt };
	await insertCertificate(database, { ...row, keyId: keyIdOfSigner, authority });
}
