/** `POST /claim`: a token's user becomes the device's owner, its product the device's product. */

import type { ClaimRequest } from "../../../src/protocol/messages.js";
import { shortName } from "../digest.js";
import { type ClaimTokenFacts, decideClaim } from "../rules/rules.js";
import { appendAudit } from "../storage/audit.js";
import { findClaimToken, isClaimTokenUsedBy, useClaimToken } from "../storage/claim-tokens.js";
import { giveDevice } from "../release.js";
import { updateDevice } from "../storage/devices.js";
import { findProduct, hasAccess } from "../storage/products.js";
import type { ClaimTokenRow, Database, DeviceRow } from "../storage/schema.js";
import { digestOfClaimToken } from "../token/claim-token.js";
import { type Answer, answerWith, refuse } from "./answer.js";
import type { DeviceRequest } from "./device-endpoint.js";
import { deviceFactsOf, keyOf, productFactsOf } from "./facts.js";

export async function claim(request: DeviceRequest, body: ClaimRequest): Promise<Answer> {
	const { database, device, time } = request;
	const digest = digestOfClaimToken(body.token);
	const token = digest === undefined ? undefined : await findClaimToken(database, digest);
	const facts = token && (await tokenFactsOf(database, token, device));
	const deviceFacts = await deviceFactsOf(database, device);
	const decision = decideClaim({ time, device: deviceFacts, token: facts });
	const subject = token ? "token:" + shortName(token.digest) : "token:unknown";
	if (decision !== "allowed" || token === undefined) {
		const rule = decision === "allowed" ? "token-unknown" : decision;
		const actor = "device:" + device.uuid;
		await appendAudit(database, time, { actor, action: "device.claim", subject, rule });
		return refuse(rule, {
			command: "dms_claim",
			user: token?.user,
			product: token?.product ?? undefined,
			platform: facts?.product?.platform,
			current: device.product ?? undefined,
		});
	}
	await useClaimToken(database, token.digest, device.uuid, time);
	await apply(request, token, subject);
	const { user, product } = token;
	if (product === null) return answerWith({ user });
	return answerWith({ user, product, ...(await keyOf(database, product)) });
}

/** A device that its user already owns stays so, and the log has only what changed. */
async function apply(request: DeviceRequest, token: ClaimTokenRow, via: string): Promise<void> {
	const { database, device, time } = request;
	const actor = "device:" + device.uuid;
	if (device.owner !== token.user) {
		await giveDevice(database, device, token.user);
		const subject = "user:" + token.user;
		const details = { via, ...(device.owner !== null && { from: device.owner }) };
		await appendAudit(database, time, { actor, action: "device.claim", subject, details });
	}
	if (token.product !== null && device.product !== token.product) {
		await updateDevice(database, device.uuid, { product: token.product });
		const subject = "product:" + token.product;
		const details = { via, from: device.product };
		await appendAudit(database, time, { actor, action: "device.activate", subject, details });
	}
}

async function tokenFactsOf(
	database: Database,
	token: ClaimTokenRow,
	device: DeviceRow,
): Promise<ClaimTokenFacts> {
	const product = token.product === null ? undefined : await findProduct(database, token.product);
	return {
		user: token.user,
		expiresAt: token.expiresAt,
		revokedAt: token.revokedAt,
		isUsedByDevice: await isClaimTokenUsedBy(database, token.digest, device.uuid),
		isHandedOver: handedOver(token, device),
		hasUsesLeft: token.uses < token.usesMaximum,
		product: product && productFactsOf(product),
		hasAccess: product !== undefined && (await hasAccess(database, product, token.user)),
	};
}

/** `undefined` for a token of another kind. */
function handedOver(token: ClaimTokenRow, device: DeviceRow): boolean | undefined {
	if (token.device === null) return undefined;
	return token.device === device.uuid && token.giver === device.owner;
}
