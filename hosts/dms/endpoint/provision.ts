/** `POST /provision`: a public key and a token become a device. */

import { randomBytes } from "node:crypto";
import { keyId } from "../../../src/protocol/key.js";
import { decodeProvisionRequest, type ProvisionRequest } from "../../../src/protocol/messages.js";
import { deviceLabel, tokenLabel } from "../../../src/protocol/signature.js";
import { isVersion } from "../../../src/protocol/version.js";
import type { Core } from "../core.js";
import { sha256, shortName } from "../digest.js";
import type { Rule } from "../rules/refusals.js";
import { decideProvision } from "../rules/rules.js";
import { isDigestRight, type SignedMessage } from "../signature/message.js";
import { parseSignatureInput, type SignatureInput } from "../signature/signature-input.js";
import { verifySignature } from "../signature/verification.js";
import { appendAudit } from "../storage/audit.js";
import { findDeviceByNextKey, findReplacedKey } from "../storage/device-keys.js";
import { isKeyDeleted } from "../storage/deleted-devices.js";
import {
	findDeviceByKey,
	insertDevice,
	isUuidTaken,
	newDevice,
	updateDevice,
} from "../storage/devices.js";
import { bindProvisioningToken, findProvisioningToken } from "../storage/provisioning-tokens.js";
import type { Database, DeviceRow } from "../storage/schema.js";
import { type Answer, answerWith, refuse } from "./answer.js";
import { type Exchange, isAnswer, receive } from "./exchange.js";
import { noteHardware } from "./hardware.js";
import { certificateFor } from "./issue.js";
import { idempotently } from "./idempotency.js";

/** A UUID is 40 hexadecimal digits. */
const uuidLength = 20;

/** Who asks: both keys have signed. */
interface Applicant {
	readonly core: Core;
	readonly time: number;
	readonly request: ProvisionRequest;
	readonly deviceKeyId: string;
	readonly tokenKeyId: string;
}

export async function provision(exchange: Exchange): Promise<Answer> {
	const message = await receive(exchange, "body");
	if (isAnswer(message)) return message;
	const request = decodeProvisionRequest(message.body);
	if (request === undefined || !isVersion(request.version)) {
		return refuse(isDigestRight(message) ? "request" : "signature");
	}
	const device = parseSignatureInput(message.fields, deviceLabel);
	const token = parseSignatureInput(message.fields, tokenLabel);
	if (device === undefined || token === undefined) return refuse("signature");
	const { core, time } = exchange;
	const rule = await doubt(exchange, message, request, device, token);
	const applicant = { core, time, request, deviceKeyId: device.keyId, tokenKeyId: token.keyId };
	const answer = rule
		? refuse(rule)
		: await idempotently(core, message, device, time, (database) => bind(database, applicant));
	return { ...answer, who: shortName(device.keyId) };
}

/** Why it isn't sure that both keys have signed; `undefined` when it is. */
async function doubt(
	exchange: Exchange,
	message: SignedMessage,
	request: ProvisionRequest,
	device: SignatureInput,
	token: SignatureInput,
): Promise<Rule | undefined> {
	const { core, time } = exchange;
	if (device.keyId !== keyId(request.key, { sha256 })) return "signature";
	const deviceVerdict = verifySignature(message, device, request.key, time);
	if (deviceVerdict !== "valid") return deviceVerdict;
	const known = await findProvisioningToken(core.database, token.keyId);
	if (known === undefined) return "token-unknown";
	const tokenVerdict = verifySignature(message, token, known.publicKey, time);
	return tokenVerdict === "valid" ? undefined : tokenVerdict;
}

async function bind(database: Database, applicant: Applicant): Promise<Answer> {
	const { core, time, request, deviceKeyId, tokenKeyId } = applicant;
	const token = await findProvisioningToken(database, tokenKeyId);
	const known = await findDeviceByKey(database, deviceKeyId);
	const wanted = token?.uuid ?? request.uuid;
	const decision = decideProvision({
		time,
		keyId: deviceKeyId,
		uuid: request.uuid,
		token,
		isKeyTaken: (known ?? (await findDeviceByNextKey(database, deviceKeyId))) !== undefined,
		isKeyReplaced: (await findReplacedKey(database, deviceKeyId)) !== undefined,
		isLocked: known ? known.lockedAt !== null : await isKeyDeleted(database, deviceKeyId),
		isOtherHardware: known !== undefined && known.hardware !== request.hardware,
		isUuidTaken: wanted !== undefined && (await isUuidTaken(database, wanted)),
	});
	if (decision !== "allowed") {
		if (decision === "hardware-other" && known) await noteHardware(database, known, request, time);
		await appendAudit(database, time, {
			actor: known ? "device:" + known.uuid : "key:" + deviceKeyId,
			action: "device.provision",
			subject: "token:" + shortName(tokenKeyId),
			rule: decision,
			details: { hardware: request.hardware },
		});
		return refuse(decision, { command: "dms_provision", hardware: known?.hardware });
	}
	const device = known ?? (await register(database, applicant, wanted));
	if (device.version !== request.version) {
		await updateDevice(database, device.uuid, { version: request.version });
	}
	const issuer = core.authorities.withFingerprint(token?.authority ?? null);
	return answerWith({
		uuid: device.uuid,
		certificate: await certificateFor(database, issuer, device, device, time),
	});
}

async function register(
	database: Database,
	applicant: Applicant,
	wanted: string | undefined,
): Promise<DeviceRow> {
	const { time, request, deviceKeyId, tokenKeyId } = applicant;
	const { hardware, platform, version } = request;
	const known = {
		uuid: wanted ?? randomBytes(uuidLength).toString("hex"),
		keyId: deviceKeyId,
		publicKey: request.key,
		hardware,
		platform,
		version,
		state: "issued",
	} as const;
	const device = newDevice(known, time);
	await bindProvisioningToken(database, tokenKeyId, deviceKeyId);
	await insertDevice(database, device);
	await appendAudit(database, time, {
		actor: "key:" + deviceKeyId,
		action: "device.provision",
		subject: "device:" + device.uuid,
		details: { token: shortName(tokenKeyId), hardware, platform, version },
	});
	return device;
}
