/** Every way the service refuses: PROTOCOL.md section 6, with the sentence a person reads. */

import { DmsResult } from "../../../src/protocol/result.js";

export interface RefusalKind {
	/** The HTTP status, unless a `request` refusal names a more exact one. */
	readonly status: number;
	readonly result: DmsResult;
	/** What is wrong and what to do; names in braces are filled in. */
	readonly sentence: string;
}

const tokenSentence = "Ask for a new one and enter it: ";

export const refusals = Object.freeze({
	request: {
		status: 400,
		result: DmsResult.RequestRefused,
		sentence: "The service can't read this request. Update the device's firmware.",
	},
	signature: {
		status: 401,
		result: DmsResult.SignatureRefused,
		sentence:
			"The request's signature does not hold. Try again; if it goes on, update the firmware.",
	},
	clock: {
		status: 401,
		result: DmsResult.ClockWrong,
		sentence: "The device's clock and the service's differ by more than 5 minutes. Try again.",
	},
	"device-unknown": {
		status: 401,
		result: DmsResult.DeviceUnknown,
		sentence: "The service does not know this device. Provision it there: dms_provision <token>",
	},
	"token-unknown": {
		status: 403,
		result: DmsResult.TokenUnknown,
		sentence: "The service has no such token, or it was revoked. Check it, or ask for a new one.",
	},
	"token-expired": {
		status: 403,
		result: DmsResult.TokenExpired,
		sentence: "This token has expired. " + tokenSentence + "{command} <token>",
	},
	"token-spent": {
		status: 409,
		result: DmsResult.TokenSpent,
		sentence: "This token has been used up. " + tokenSentence + "{command} <token>",
	},
	"uuid-required": {
		status: 403,
		result: DmsResult.UuidRequired,
		sentence: "This token needs a UUID of the device's own: set system.uuid <40 hex digits>",
	},
	"uuid-not-allowed": {
		status: 403,
		result: DmsResult.UuidNotAllowed,
		sentence: 'This token does not allow the UUID that is set. Clear it: set system.uuid ""',
	},
	"uuid-taken": {
		status: 409,
		result: DmsResult.UuidTaken,
		sentence: "Another device has this UUID. Set another: set system.uuid <40 hex digits>",
	},
	"key-taken": {
		status: 409,
		result: DmsResult.KeyTaken,
		sentence:
			"This device was provisioned with another token. Use that one, or have it forget its " +
			"identity: dms_forget <MAC>",
	},
	"hardware-other": {
		status: 409,
		result: DmsResult.HardwareOther,
		sentence:
			"This identity is of hardware {hardware}. Was its board swapped? The service's operator " +
			"must say so: on its page, or opendms device swap",
	},
	"device-locked": {
		status: 403,
		result: DmsResult.DeviceLocked,
		sentence: "The service's operator has locked this device out. Ask there for the reason.",
	},
	"key-replaced": {
		status: 403,
		result: DmsResult.KeyReplaced,
		sentence:
			"This device has renewed its key, and asks with the old one. If its flash was restored, " +
			"have it forget its identity: dms_forget <MAC>",
	},
	"acknowledge-before-claim": {
		status: 403,
		result: DmsResult.NotProvisioned,
		sentence: "The device is not provisioned to the end. Finish that first: dms_provision",
	},
	"device-taken": {
		status: 409,
		result: DmsResult.DeviceTaken,
		sentence:
			"Somebody else has claimed this device. Its owner must release it first: factory_reset",
	},
	"product-not-claimable": {
		status: 403,
		result: DmsResult.NotClaimable,
		sentence:
			"The device is on product {current}, locked against claims. Ask its owner to unlock it.",
	},
	"claim-before-activate": {
		status: 403,
		result: DmsResult.NotClaimed,
		sentence: "Nobody has claimed this device. Do that first: dms_claim <token>",
	},
	"product-unknown": {
		status: 404,
		result: DmsResult.ProductUnknown,
		sentence: "The service has no product {product}. Check the code's spelling.",
	},
	"product-access": {
		status: 403,
		result: DmsResult.NoAccess,
		sentence: "User {user} may not use product {product}. Ask its owner to share it with {user}.",
	},
	"product-platform": {
		status: 403,
		result: DmsResult.WrongPlatform,
		sentence: "Product {product} is for {platform}, which this device is not. Choose another one.",
	},
	"production-product-final": {
		status: 403,
		result: DmsResult.ProductFinal,
		sentence:
			"The device is on production product {current}, which it can't leave. Update it there.",
	},
	"activate-before-update": {
		status: 403,
		result: DmsResult.UpdateRefused,
		sentence: "Updates come with a product. Activate one: dms_activate <product code>",
	},
	"version-not-chosen": {
		status: 403,
		result: DmsResult.UpdateRefused,
		sentence: "The publisher of {product} chooses the version. Take it: dfu_update",
	},
	"version-unknown": {
		status: 404,
		result: DmsResult.UpdateRefused,
		sentence: "There is no such version of {product}. Check it: four numbers.",
	},
	"version-not-offered": {
		status: 403,
		result: DmsResult.UpdateRefused,
		sentence: "That version of {product} is withdrawn, or not for this device.",
	},
	"bundle-unknown": {
		status: 404,
		result: DmsResult.UpdateRefused,
		sentence: "The bundle is gone. Ask for the one that is there now: dfu_update",
	},
	nonce: {
		status: 409,
		result: DmsResult.SignatureRefused,
		sentence: "This nonce was used for another request. Try again with a new one.",
	},
	busy: {
		status: 503,
		result: DmsResult.ServiceBusy,
		sentence: "The service is busy. Wait a moment and try again.",
	},
	fault: {
		status: 500,
		result: DmsResult.ServiceFault,
		sentence:
			"The service failed. Try again; if it goes on, its owner finds the reason in its log.",
	},
} satisfies { readonly [rule: string]: RefusalKind });

export type Rule = keyof typeof refusals;

/** What a sentence may name: nothing here is secret to who gets the refusal. */
export interface RefusalNames {
	readonly user?: string | undefined;
	readonly product?: string | undefined;
	readonly platform?: string | undefined;
	/** The product that the device is on. */
	readonly current?: string | undefined;
	/** What the device's identity was given to. */
	readonly hardware?: string | undefined;
	/** The device's command that takes the token. */
	readonly command?: "dms_provision" | "dms_claim" | undefined;
}

/** A rule's sentence with its names filled in. */
export function sentenceOf(rule: Rule, names: RefusalNames): string {
	const kind: RefusalKind = refusals[rule];
	return Object.entries(names).reduce(
		(sentence, [name, value]) => sentence.replaceAll("{" + name + "}", () => value ?? ""),
		kind.sentence,
	);
}
