/**
 * Who may do what: facts in, a decision out. No storage, no clock, no side effects.
 *
 * The order of the checks is a promise too: a request that breaks several rules is told the first.
 */

import type { UuidRule } from "../storage/schema.js";
import type { Rule } from "./refusals.js";

export type Decision = "allowed" | Rule;

export interface ProvisionFacts {
	/** Seconds since 1970. */
	readonly time: number;
	/** The name of the device's key. */
	readonly keyId: string;
	/** The UUID that the device brings. */
	readonly uuid?: string | undefined;
	/** The token, when there is one. */
	readonly token?: ProvisioningTokenFacts | undefined;
	/** Whether this key is a device already, or is to be. */
	readonly isKeyTaken: boolean;
	/** Whether it was a device's, which has another by now. */
	readonly isKeyReplaced: boolean;
	/** Whether that device is locked out, or was deleted. */
	readonly isLocked: boolean;
	/** Whether that device was provisioned on another piece of hardware. */
	readonly isOtherHardware: boolean;
	/** Whether the UUID that the token or the device brings is another device's. */
	readonly isUuidTaken: boolean;
}

export interface ProvisioningTokenFacts {
	readonly uuidRule: UuidRule;
	readonly uuid: string | null;
	readonly expiresAt: number;
	readonly revokedAt: number | null;
	/** The name of the key it is bound to. */
	readonly deviceKeyId: string | null;
}

/** A bound token is good for its own key and hardware for ever, for another key never. */
export function decideProvision(facts: ProvisionFacts): Decision {
	const { token } = facts;
	if (facts.isLocked) return "device-locked";
	if (facts.isKeyReplaced) return "key-replaced";
	if (token === undefined || token.revokedAt !== null) return "token-unknown";
	if (token.deviceKeyId === facts.keyId)
		return facts.isOtherHardware ? "hardware-other" : "allowed";
	if (token.deviceKeyId !== null) return "token-spent";
	if (facts.time >= token.expiresAt) return "token-expired";
	if (facts.isKeyTaken) return "key-taken";
	if (token.uuidRule === "required" && facts.uuid === undefined) return "uuid-required";
	if (!isUuidAllowed(token, facts.uuid)) return "uuid-not-allowed";
	return facts.isUuidTaken ? "uuid-taken" : "allowed";
}

function isUuidAllowed(token: ProvisioningTokenFacts, uuid: string | undefined): boolean {
	if (uuid === undefined || token.uuidRule === "required") return true;
	return token.uuidRule === "fixed" && token.uuid === uuid;
}

export interface DeviceFacts {
	readonly isAcknowledged: boolean;
	readonly owner: string | null;
	readonly platform: string;
	/** The product it is on. */
	readonly product?: ProductFacts | undefined;
}

export interface ProductFacts {
	readonly code: string;
	readonly platform: string;
	readonly isProduction: boolean;
	readonly isLocked: boolean;
}

export interface ClaimFacts {
	/** Seconds since 1970. */
	readonly time: number;
	readonly device: DeviceFacts;
	/** The token, when there is one. */
	readonly token?: ClaimTokenFacts | undefined;
}

export interface ClaimTokenFacts {
	readonly user: string;
	readonly expiresAt: number;
	readonly revokedAt: number | null;
	/** Whether this device has used it before. */
	readonly isUsedByDevice: boolean;
	/** For a transfer token: whether it is this device's, and its giver still the owner. */
	readonly isHandedOver?: boolean | undefined;
	readonly hasUsesLeft: boolean;
	/** An activation token's product. */
	readonly product?: ProductFacts | undefined;
	/** Whether its user may use that product. */
	readonly hasAccess: boolean;
}

/** Claims, and activates when the token has a product. */
export function decideClaim(facts: ClaimFacts): Decision {
	const { device, token } = facts;
	if (!device.isAcknowledged) return "acknowledge-before-claim";
	if (token === undefined || token.revokedAt !== null) return "token-unknown";
	if (isDoneAlready(device, token)) return "allowed";
	if (token.isHandedOver === false) return "token-unknown";
	if (facts.time >= token.expiresAt) return "token-expired";
	// A device that comes back to the giver isn't handed over once more.
	const isSpent = token.isHandedOver ? token.isUsedByDevice : !token.isUsedByDevice;
	if (isSpent && !token.hasUsesLeft) return "token-spent";
	if (device.owner !== token.user) {
		if (device.owner !== null && !token.isHandedOver) return "device-taken";
		if (device.product?.isLocked) return "product-not-claimable";
	}
	return token.product ? decideProduct(device, token.product, token.hasAccess) : "allowed";
}

/** A reply was lost, or a person typed the token again: nothing is left to change. */
function isDoneAlready(device: DeviceFacts, token: ClaimTokenFacts): boolean {
	const isOnProduct = !token.product || device.product?.code === token.product.code;
	return token.isUsedByDevice && device.owner === token.user && isOnProduct;
}

export interface ActivateFacts {
	readonly device: DeviceFacts;
	/** The product, when there is one of that code. */
	readonly product?: ProductFacts | undefined;
	/** Whether the device's owner may use it. */
	readonly hasAccess: boolean;
}

export function decideActivate(facts: ActivateFacts): Decision {
	if (!facts.device.isAcknowledged) return "acknowledge-before-claim";
	if (facts.device.owner === null) return "claim-before-activate";
	if (facts.product === undefined) return "product-unknown";
	return decideProduct(facts.device, facts.product, facts.hasAccess);
}

/** One product a device, for its platform, and a production product for life. */
function decideProduct(device: DeviceFacts, product: ProductFacts, hasAccess: boolean): Decision {
	if (device.product?.code === product.code) return "allowed";
	if (!hasAccess) return "product-access";
	if (product.platform !== device.platform) return "product-platform";
	return device.product?.isProduction ? "production-product-final" : "allowed";
}
