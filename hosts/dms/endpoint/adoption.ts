/**
 * Takes a device on again that the database has lost: it shows the certificate that this service's
 * CA gave it, before the backup was restored that doesn't know it.
 */

import { keyId } from "../../../src/protocol/key.js";
import type { AcknowledgeRequest } from "../../../src/protocol/messages.js";
import { type DeviceIdentity, readDeviceCertificate } from "../authority/device-certificate.js";
import { sha256 } from "../digest.js";
import { appendAudit } from "../storage/audit.js";
import { insertCertificate } from "../storage/certificates.js";
import { insertDevice, isUuidTaken } from "../storage/devices.js";
import type { Database, DeviceRow } from "../storage/schema.js";
import { type Answer, refuse } from "./answer.js";
import type { Newcomer } from "./device-endpoint.js";
import type { Exchange } from "./exchange.js";

/** Who sent this, if its certificate is for the key of the signer's name. */
export function newcomerOf(
	exchange: Exchange,
	request: AcknowledgeRequest,
	signer: string,
): Newcomer | undefined {
	const { core, time } = exchange;
	const identity = readDeviceCertificate(request.certificate, core.authority, time);
	if (identity === undefined || keyId(identity.publicKey, { sha256 }) !== signer) return undefined;
	return {
		publicKey: identity.publicKey,
		admit: (database) => adopt(database, request, identity, signer, time),
	};
}

async function adopt(
	database: Database,
	request: AcknowledgeRequest,
	identity: DeviceIdentity,
	signer: string,
	time: number,
): Promise<DeviceRow | Answer> {
	const { certificate, hardware, platform, version } = request;
	const { uuid, publicKey, serial, issuedAt, expiresAt } = identity;
	const entry = {
		actor: "key:" + signer,
		action: "device.adopt",
		subject: "device:" + uuid,
		details: { serial, hardware, platform, version },
	};
	if (await isUuidTaken(database, uuid)) {
		await appendAudit(database, time, { ...entry, rule: "uuid-taken" });
		return refuse("uuid-taken");
	}
	const device: DeviceRow = {
		uuid,
		keyId: signer,
		publicKey,
		hardware,
		platform,
		version,
		state: "provisioned",
		owner: null,
		product: null,
		tag: null,
		pin: null,
		firstSeenAt: time,
		lastSeenAt: time,
		lockedAt: null,
		otherHardware: null,
		otherHardwareAt: null,
	};
	await insertDevice(database, device);
	await insertCertificate(database, { serial, device: uuid, certificate, issuedAt, expiresAt });
	await appendAudit(database, time, entry);
	return device;
}
