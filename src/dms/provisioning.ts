/** What a device says to become one, and what the service has to answer. */

import type { Host } from "../host.js";
import { tokenPrivateKey } from "../protocol/key.js";
import { encodeMap } from "../protocol/message-pack.js";
import { decodeProvisionReply, path } from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { tokenLabel } from "../protocol/signature.js";
import type { ProvisioningToken } from "../protocol/token.js";
import type { Credentials } from "./lifecycle.js";
import { checkOwnCertificate } from "./own-certificate.js";
import type { Call, Service } from "./service.js";

/** What the device is, for the service. */
export interface Facts {
	readonly hardware: string;
	readonly platform: string;
	readonly version: string;
}

interface Asking {
	readonly key: Uint8Array;
	readonly token: ProvisioningToken;
	readonly facts: Facts;
	/** The UUID that was set on the device; empty for none. */
	readonly uuid: string;
}

export function credentialsCall({ crypto }: Host, { key, token, facts, uuid }: Asking): Call {
	const body = encodeMap({
		key: crypto.publicKey(key),
		...facts,
		uuid: uuid === "" ? undefined : uuid,
	});
	const second = { label: tokenLabel, key: tokenPrivateKey(token.secret, crypto) };
	return { method: "POST", path: path.provision, body, second };
}

/** Copies, not views of the answer. Rejects with `BadReply` or `CertificateRefused`. */
export async function credentialsIn(
	body: Uint8Array,
	host: Host,
	{ greeted, time }: Service,
	{ key, token, uuid }: Asking,
): Promise<Credentials> {
	const reply = decodeProvisionReply(body);
	if (reply === undefined || greeted === undefined) throw new DmsError(DmsResult.BadReply);
	if (uuid !== "" && uuid !== reply.uuid) throw new DmsError(DmsResult.BadReply);
	const { authority } = greeted;
	await checkOwnCertificate(host, reply, { authority, key, time });
	const certificate = reply.certificate.slice();
	return { uuid: reply.uuid, certificate, address: token.address, authority };
}
