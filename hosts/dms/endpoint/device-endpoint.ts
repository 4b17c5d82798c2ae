/** An endpoint for requests that a known device signed. */

import { deviceLabel } from "../../../src/protocol/signature.js";
import { shortName } from "../digest.js";
import type { SignedMessage } from "../signature/message.js";
import { parseSignatureInput, type SignatureInput } from "../signature/signature-input.js";
import { verifySignature } from "../signature/verification.js";
import { appendAudit } from "../storage/audit.js";
import { isKeyDeleted } from "../storage/deleted-devices.js";
import { findSigner, type Signer } from "../storage/changes.js";
import { findDeviceByKey } from "../storage/devices.js";
import type { Database, DeviceRow } from "../storage/schema.js";
import { type Answer, refuse } from "./answer.js";
import { type Endpoint, type Exchange, isAnswer, receive } from "./exchange.js";
import { once } from "./once.js";

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
export interface Newcomer {
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
	recognize?(input: SignatureInput): Newcomer | undefined;
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
	const newcomer = known ? undefined : handling.recognize?.(input);
	const signer = known ?? newcomer;
	const who = known?.uuid ?? shortName(input.keyId);
	if (signer === undefined) return { ...refuse("device-unknown"), who };
	const verdict = verifySignature(message, input, signer.publicKey, time);
	if (verdict !== "valid") return { ...refuse(verdict), who: shortName(input.keyId) };
	if (known !== undefined) core.sightings.note(known.uuid, time);
	const quick = known?.lockedAt === null ? await handling.peek?.(known) : undefined;
	if (quick !== undefined) return { ...quick, who };
	const answer = await once(core, message, input, time, async (database) => {
		const found = await findDeviceByKey(database, input.keyId);
		if (found === undefined && (await isKeyDeleted(database, input.keyId))) {
			return refuseLocked(database, "key:" + input.keyId, time);
		}
		const device = found ?? (await newcomer?.admit(database));
		if (device === undefined) return refuse("device-unknown");
		if (isAnswer(device)) return device;
		if (device.lockedAt !== null) return refuseLocked(database, "device:" + device.uuid, time);
		return handling.operation({ database, device, time });
	});
	return { ...answer, who };
}

async function refuseLocked(database: Database, actor: string, time: number): Promise<Answer> {
	const rule = "device-locked";
	await appendAudit(database, time, { actor, action: "device.request", subject: actor, rule });
	return refuse(rule);
}
