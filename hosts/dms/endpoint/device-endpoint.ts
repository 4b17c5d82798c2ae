/** An endpoint for requests that a known device signed. */

import { deviceLabel } from "../../../src/protocol/signature.js";
import { shortName } from "../digest.js";
import type { SignedMessage } from "../signature/message.js";
import { parseSignatureInput, type SignatureInput } from "../signature/signature-input.js";
import { verifySignature } from "../signature/verification.js";
import { appendAudit } from "../storage/audit.js";
import { isKeyDeleted } from "../storage/deleted-devices.js";
import { findSigner, type Signer } from "../storage/changes.js";
import {
	findDeviceByNextKey,
	findReplacedKey,
	noteRefusal,
	replaceKey,
} from "../storage/device-keys.js";
import { findDeviceByKey, updateDevice } from "../storage/devices.js";
import type { Database, DeviceRow, ReplacedKeyRow } from "../storage/schema.js";
import { type Answer, refuse } from "./answer.js";
import { type Endpoint, type Exchange, isAnswer, receive } from "./exchange.js";
import { idempotently } from "./idempotency.js";
import { versionIn } from "./version.js";

const daySeconds = 86_400;

/** What a device asks for, inside the transaction that keeps its answer. */
export interface DeviceRequest {
	readonly database: Database;
	readonly device: DeviceRow;
	/** Seconds since 1970. */
	readonly time: number;
}

/** Reads a body; `undefined` when it isn't as the protocol says. */
export type Decode<T> = (body: Uint8Array) => T | undefined;

/** The endpoint of an operation whose request has a body. */
export function deviceEndpoint<T>(
	decode: Decode<T>,
	operation: (request: DeviceRequest, body: T) => Promise<Answer>,
	peek?: (exchange: Exchange, signer: Signer, body: T) => Promise<Answer | undefined>,
): Endpoint {
	return async (exchange) => {
		const message = await receive(exchange, "body");
		if (isAnswer(message)) return message;
		const body = decode(message.body);
		return authenticated(exchange, message, {
			operation: (request) =>
				body === undefined ? Promise.resolve(refuse("request")) : operation(request, body),
			...(peek && body !== undefined && { peek: (signer) => peek(exchange, signer, body) }),
		});
	};
}

/** The endpoint of an operation whose request has no body. */
export function bodylessDeviceEndpoint(
	operation: (request: DeviceRequest) => Promise<Answer>,
): Endpoint {
	return async (exchange) => {
		const message = await receive(exchange, "no body");
		return isAnswer(message) ? message : authenticated(exchange, message, { operation });
	};
}

/** A device that the database doesn't know, and that has shown an identity of this service. */
export interface AdoptableDevice {
	readonly publicKey: Uint8Array;
	/** Takes it into the database, or says why not. */
	admit(database: Database): Promise<DeviceRow | Answer>;
}

export interface Handling {
	/** What is done in the transaction that keeps its answer. */
	operation(request: DeviceRequest): Promise<Answer>;
	/** The answer to a request that changes nothing: no transaction, and nothing is kept. */
	peek?(signer: Signer): Promise<Answer | undefined>;
	/** Whose this is, of whom the database doesn't know. */
	recognize?(input: SignatureInput): AdoptableDevice | undefined;
}

/** Does the operation once it is sure which device has signed. */
export async function authenticated(
	exchange: Exchange,
	message: SignedMessage,
	handling: Handling,
): Promise<Answer> {
	const { core, time } = exchange;
	const input = parseSignatureInput(message.fields, deviceLabel);
	if (input === undefined) return refuse("signature");
	const known = await findSigner(core.database, input.keyId);
	const other = known ? undefined : await findOther(core.database, input.keyId);
	const adoptable = known || other ? undefined : handling.recognize?.(input);
	const signer = known ?? other ?? adoptable;
	const who = known?.uuid ?? shortName(input.keyId);
	if (signer === undefined) return { ...refuse("device-unknown"), who };
	const verdict = verifySignature(message, input, signer.publicKey, time);
	if (verdict !== "valid") return { ...refuse(verdict), who: shortName(input.keyId) };
	if (known !== undefined) core.lastSeen.note(known.uuid, time);
	const quick = known?.lockedAt === null ? await handling.peek?.(known) : undefined;
	if (quick !== undefined) return { ...quick, who };
	const answer = await idempotently(core, message, input, time, async (database) => {
		const found =
			(await findDeviceByKey(database, input.keyId)) ??
			(await findDeviceByNextKey(database, input.keyId));
		if (found === undefined) {
			const isDeleted = await isKeyDeleted(database, input.keyId);
			if (isDeleted) return refuseLocked(database, "key:" + input.keyId, time);
			const replaced = await findReplacedKey(database, input.keyId);
			if (replaced !== undefined) return refuseReplaced(database, replaced, time);
		}
		const admitted = found ?? (await adoptable?.admit(database));
		if (admitted === undefined) return refuse("device-unknown");
		if (isAnswer(admitted)) return admitted;
		const { uuid, lockedAt } = admitted;
		if (lockedAt !== null) return refuseLocked(database, "device:" + uuid, time);
		const keyed = await withKey(database, admitted, input.keyId, time);
		const version = versionIn(message.body, keyed);
		if (typeof version !== "string") return version;
		const device = { ...keyed, version };
		const answer = await handling.operation({ database, device, time });
		if (answer.status < 400 && version !== keyed.version) {
			await updateDevice(database, device.uuid, { version });
		}
		return answer;
	});
	return { ...answer, who };
}

/** The public key under a name that is no device's at present: its next, or a replaced one. */
async function findOther(
	database: Database,
	keyId: string,
): Promise<{ readonly publicKey: Uint8Array } | undefined> {
	const publicKey = (await findDeviceByNextKey(database, keyId))?.nextPublicKey;
	return publicKey ? { publicKey } : findReplacedKey(database, keyId);
}

/** The device, whose key this is from now on if it was its next: it has worked. */
async function withKey(
	database: Database,
	device: DeviceRow,
	keyId: string,
	time: number,
): Promise<DeviceRow> {
	const { nextKeyId, nextPublicKey, uuid } = device;
	if (keyId !== nextKeyId || nextPublicKey === null) return device;
	const subject = "device:" + uuid;
	const details = { replaced: device.keyId, key: keyId };
	await appendAudit(database, time, { actor: subject, action: "device.renewed", subject, details });
	return replaceKey(database, device, { keyId, publicKey: nextPublicKey }, time);
}

/** Once a day it is audited: a thief who asks on and on must not fill the log. */
async function refuseReplaced(
	database: Database,
	{ keyId, device, refusedAt }: ReplacedKeyRow,
	time: number,
): Promise<Answer> {
	const rule = "key-replaced";
	if (refusedAt === null || time - refusedAt >= daySeconds) {
		const entry = { actor: "key:" + keyId, action: "device.request", subject: "device:" + device };
		await appendAudit(database, time, { ...entry, rule });
		await noteRefusal(database, keyId, time);
	}
	return refuse(rule);
}

async function refuseLocked(database: Database, actor: string, time: number): Promise<Answer> {
	const rule = "device-locked";
	await appendAudit(database, time, { actor, action: "device.request", subject: actor, rule });
	return refuse(rule);
}
