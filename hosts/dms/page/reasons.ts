/** Why something was refused, in words, for those who run the service. */

import type { Rule } from "../rules/refusals.js";

/** Why, in words; a rule that this page doesn't know says its name. */
export function reasonOf(rule: string): string {
	return Object.hasOwn(reasons, rule) ? (reasons[rule] ?? rule) : "rule " + rule;
}

const reasonsOfRules: { readonly [rule in Rule]: string } = {
	request: "the request can't be read",
	signature: "the signature doesn't hold",
	clock: "its clock is wrong by more than 5 minutes",
	"device-unknown": "the service doesn't know this device",
	"token-unknown": "there is no such token, or it was revoked",
	"token-expired": "the token has expired",
	"token-spent": "the token has been used up",
	"uuid-required": "the token needs a UUID of the device's own",
	"uuid-not-allowed": "the token doesn't allow the UUID that is set",
	"uuid-taken": "another device has this UUID, or had it",
	"key-taken": "the key is a device's already",
	"hardware-other": "the identity was given to other hardware",
	"device-locked": "the device is locked out",
	"key-replaced": "the device has renewed this key, and asks with the old one",
	"acknowledge-before-claim": "it isn't provisioned to the end",
	"device-taken": "somebody else owns it",
	"product-not-claimable": "its product is locked against claims",
	"claim-before-activate": "nobody has claimed it",
	"product-unknown": "there is no such product",
	"product-access": "its owner may not use that product",
	"product-platform": "the product is for another platform",
	"production-product-final": "it is on a production product, which it can't leave",
	"activate-before-update": "it is on no product",
	"version-not-chosen": "the publisher chooses the version",
	"version-unknown": "there is no such version",
	"version-not-offered": "that version is withdrawn, or not for this device",
	"bundle-unknown": "the bundle is gone",
	nonce: "the nonce was used for another request",
	busy: "the service was busy",
	fault: "the service failed",
};

const reasons: { readonly [rule: string]: string } = Object.freeze({
	...reasonsOfRules,
	"log-in": "that name and password don't go together",
});
