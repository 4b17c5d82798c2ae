/** `PUT /provision`: the device's flash holds its credentials. Any number of times. */

import { decodeAcknowledgeRequest } from "../../../src/protocol/messages.js";
import { isVersion } from "../../../src/protocol/version.js";
import { appendAudit } from "../storage/audit.js";
import { updateDevice } from "../storage/devices.js";
import { adoptableOf } from "./adoption.js";
import { type Answer, noContent, refuse } from "./answer.js";
import { authenticated, type DeviceRequest } from "./device-endpoint.js";
import { type Exchange, isAnswer, receive } from "./exchange.js";

export async function acknowledge(exchange: Exchange): Promise<Answer> {
	const message = await receive(exchange, "body or none");
	if (isAnswer(message)) return message;
	const { body } = message;
	const decoded = decodeAcknowledgeRequest(body);
	const presented = decoded && isVersion(decoded.version) ? decoded : undefined;
	const isReadable = body.length === 0 || presented !== undefined;
	return authenticated(exchange, message, {
		operation: async (request) => (isReadable ? markProvisioned(request) : refuse("request")),
		recognize: (input) => presented && adoptableOf(exchange, presented, input.keyId),
	});
}

async function markProvisioned(request: DeviceRequest): Promise<Answer> {
	const { database, device, time } = request;
	if (device.state === "issued") {
		await updateDevice(database, device.uuid, { state: "provisioned" });
		const subject = "device:" + device.uuid;
		await appendAudit(database, time, { actor: subject, action: "device.acknowledge", subject });
	}
	return noContent;
}
