/** `POST /activate`: a claimed device goes on a product that its owner may use. */

import type { ActivateRequest } from "../../../src/protocol/messages.js";
import { decideActivate } from "../rules/rules.js";
import { appendAudit } from "../storage/audit.js";
import { updateDevice } from "../storage/devices.js";
import { findProduct, hasAccess } from "../storage/products.js";
import { type Answer, answerWith, refuse } from "./answer.js";
import type { DeviceRequest } from "./device-endpoint.js";
import { deviceFactsOf, keyOf, productFactsOf } from "./facts.js";

export async function activate(request: DeviceRequest, body: ActivateRequest): Promise<Answer> {
	const { database, device, time } = request;
	const product = await findProduct(database, body.product);
	const { owner } = device;
	const isAllowedUser = product && owner !== null && (await hasAccess(database, product, owner));
	const decision = decideActivate({
		device: await deviceFactsOf(database, device),
		product: product && productFactsOf(product),
		hasAccess: isAllowedUser === true,
	});
	const entry = {
		actor: "device:" + device.uuid,
		action: "device.activate",
		// What isn't a product's code may be anything, a token typed by mistake included.
		subject: "product:" + (product?.code ?? "unknown"),
	};
	if (decision !== "allowed" || product === undefined) {
		const rule = decision === "allowed" ? "product-unknown" : decision;
		await appendAudit(database, time, { ...entry, rule });
		return refuse(rule, {
			user: owner ?? undefined,
			product: body.product,
			platform: product?.platform,
			current: device.product ?? undefined,
		});
	}
	const { code, title } = product;
	if (device.product !== code) {
		await updateDevice(database, device.uuid, { product: code });
		await appendAudit(database, time, { ...entry, details: { from: device.product } });
	}
	const message = "This device is a " + title + " now.";
	return answerWith({ product: code, title, message, ...(await keyOf(database, code)) });
}
