/**
 * `POST /renewal`: a device gets the certificate for its next key. Both keys sign. The present one
 * stays good until the first request by the next: see `device-endpoint.ts`.
 */

import { toHex } from "../../../src/encoding/bytes.js";
import { keyId } from "../../../src/protocol/key.js";
import { decodeRenewalRequest, type RenewalRequest } from "../../../src/protocol/messages.js";
import { nextLabel } from "../../../src/protocol/signature.js";
import { sha256 } from "../digest.js";
import type { SignedMessage } from "../signature/message.js";
import { parseSignatureInput } from "../signature/signature-input.js";
import { verifySignature } from "../signature/verification.js";
import { appendAudit } from "../storage/audit.js";
import { countCertificates } from "../storage/certificates.js";
import { isKeyDeleted } from "../storage/deleted-devices.js";
import { findDeviceByNextKey, findReplacedKey } from "../storage/device-keys.js";
import { findDeviceByKey, updateDevice } from "../storage/devices.js";
import type { Database } from "../storage/schema.js";
import { type Answer, answerWith, refuse, refuseEager } from "./answer.js";
import { authenticated, type DeviceRequest } from "./device-endpoint.js";
import { type Exchange, isAnswer, receive } from "./exchange.js";
import { certificateFor } from "./issue.js";

const daySeconds = 86_400;
/** A device renews once in months; one that does so in a loop would fill the database. */
const certificatesOfDayMaximum = 20;

export async function renew(exchange: Exchange): Promise<Answer> {
	const message = await receive(exchange, "body");
	if (isAnswer(message)) return message;
	const wanted = decodeRenewalRequest(message.body);
	return authenticated(exchange, message, {
		operation: (request) =>
			wanted === undefined
				? Promise.resolve(refuse("request"))
				: giveNext(exchange, message, request, wanted),
	});
}

async function giveNext(
	{ core }: Exchange,
	message: SignedMessage,
	{ database, device, time }: DeviceRequest,
	wanted: RenewalRequest,
): Promise<Answer> {
	const next = { keyId: keyId(wanted.key, { sha256 }), publicKey: wanted.key };
	const input = parseSignatureInput(message.fields, nextLabel);
	if (input?.keyId !== next.keyId) return refuse("signature");
	const verdict = verifySignature(message, input, next.publicKey, time);
	if (verdict !== "valid") return refuse(verdict);
	if (device.state !== "provisioned") return refuse("acknowledge-before-claim");
	const subject = "device:" + device.uuid;
	const entry = { actor: subject, action: "device.renew", subject };
	if (device.nextKeyId !== next.keyId) {
		if (await isKeyTaken(database, next.keyId)) {
			await appendAudit(database, time, { ...entry, rule: "key-taken" });
			return refuse("key-taken");
		}
		const count = await countCertificates(database, device.uuid, time - daySeconds);
		if (count >= certificatesOfDayMaximum) return refuseEager();
		const changes = { nextKeyId: next.keyId, nextPublicKey: next.publicKey };
		await updateDevice(database, device.uuid, changes);
		await appendAudit(database, time, { ...entry, details: { next: next.keyId } });
	}
	const present = core.authorities.withFingerprint(toHex(wanted.authority));
	const following = core.authorities.after(wanted.authority);
	const issuer = following?.authority ?? present;
	return answerWith({
		certificate: await certificateFor(database, issuer, device, next, time),
		...(following?.statement !== undefined && { authority: following.statement }),
	});
}

/** A key is one device's, and was never another's, nor this one's before. */
async function isKeyTaken(database: Database, name: string): Promise<boolean> {
	const holder =
		(await findDeviceByKey(database, name)) ??
		(await findDeviceByNextKey(database, name)) ??
		(await findReplacedKey(database, name));
	return holder !== undefined || isKeyDeleted(database, name);
}
