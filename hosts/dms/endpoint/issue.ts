/** A certificate for a key of a device. */

import { toHex } from "../../../src/encoding/bytes.js";
import type { Authority } from "../authority/authority.js";
import { appendAudit } from "../storage/audit.js";
import { findCertificate, insertCertificate } from "../storage/certificates.js";
import type { Database } from "../storage/schema.js";
import { readSetting } from "../storage/settings.js";

export interface DeviceKey {
	readonly keyId: string;
	readonly publicKey: Uint8Array;
}

/** The one that the key has from this CA, as long as it is valid; then a new one, audited. */
export async function certificateFor(
	database: Database,
	authority: Authority,
	{ uuid }: { readonly uuid: string },
	{ keyId, publicKey }: DeviceKey,
	time: number,
): Promise<Uint8Array> {
	const issuer = toHex(authority.fingerprint);
	const held = await findCertificate(database, keyId, uuid, time);
	if (held !== undefined && (held.authority ?? issuer) === issuer) {
		return Uint8Array.from(held.certificate);
	}
	const url = await readSetting(database, "revocationList");
	// Each CA has a list of its own.
	const list = url ? url + (url.includes("?") ? "&" : "?") + "ca=" + issuer : undefined;
	const issued = authority.issueDeviceCertificate(uuid, publicKey, time, list);
	const { serial, certificate, expiresAt } = issued;
	const row = { serial, device: uuid, certificate, issuedAt: time, expiresAt };
	await insertCertificate(database, { ...row, keyId, authority: issuer });
	const subject = "device:" + uuid;
	const details = { serial, expiresAt };
	const entry = { actor: subject, action: "certificate.issue", subject, details };
	await appendAudit(database, time, entry);
	return certificate;
}
