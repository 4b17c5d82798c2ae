import assert from "node:assert/strict";
import { test } from "node:test";
import {
	type ActivateFacts,
	type ClaimFacts,
	decideActivate,
	decideClaim,
	decideProvision,
	type ProvisionFacts,
} from "../../hosts/dms/rules/rules.js";

/** Mends one fact after the other, and insists on the rules that refuse meanwhile. */
function assertOrder<T>(
	decide: (facts: T) => string,
	start: T,
	steps: readonly (readonly [rule: string, mend: (facts: T) => T])[],
): void {
	let facts = start;
	for (const [rule, mend] of steps) {
		assert.equal(decide(facts), rule);
		facts = mend(facts);
	}
	assert.equal(decide(facts), "allowed");
}

const token = {
	uuidRule: "required",
	uuid: null,
	expiresAt: 100,
	revokedAt: null,
	deviceKeyId: "other",
} as const;

test("a provision request that breaks several rules is told the first", () => {
	const start: ProvisionFacts = {
		...{ time: 100, keyId: "own", isKeyTaken: true, isUuidTaken: true },
		...{ isLocked: true, isKeyReplaced: true, isOtherHardware: true },
	};
	assertOrder(decideProvision, start, [
		["device-locked", (facts) => ({ ...facts, isLocked: false })],
		["key-replaced", (facts) => ({ ...facts, isKeyReplaced: false })],
		["token-unknown", (facts) => ({ ...facts, token: { ...token, revokedAt: 1 } })],
		["token-unknown", (facts) => ({ ...facts, token })],
		["token-spent", (facts) => ({ ...facts, token: { ...token, deviceKeyId: null } })],
		["token-expired", (facts) => ({ ...facts, time: 99 })],
		["key-taken", (facts) => ({ ...facts, isKeyTaken: false })],
		["uuid-required", (facts) => ({ ...facts, uuid: "brought" })],
		["uuid-taken", (facts) => ({ ...facts, isUuidTaken: false })],
	]);
});

test("a bound token is good for its own key whatever else there is, unless revoked", () => {
	const facts = {
		...{ time: 1_000, keyId: "other", isKeyTaken: true, isUuidTaken: true, uuid: "any" },
		...{ isLocked: false, isKeyReplaced: false, isOtherHardware: false },
	};
	assert.equal(decideProvision({ ...facts, token }), "allowed");
	assert.equal(decideProvision({ ...facts, token: { ...token, revokedAt: 1 } }), "token-unknown");
	assert.equal(decideProvision({ ...facts, token, isOtherHardware: true }), "hardware-other");
});

const production = { code: "A-B", platform: "esp32", isProduction: true, isLocked: true };
const product = { code: "C-D", platform: "avr", isProduction: false, isLocked: false };

test("a claim that breaks several rules is told the first", () => {
	const device = { isAcknowledged: false, owner: "bob", platform: "esp32", product: production };
	const claimToken = {
		user: "alice",
		expiresAt: 100,
		revokedAt: null,
		isUsedByDevice: false,
		hasUsesLeft: false,
		product,
		hasAccess: false,
	};
	type Token = typeof claimToken;
	const changed = (facts: ClaimFacts, change: Partial<Token>): ClaimFacts => ({
		...facts,
		token: { ...claimToken, ...facts.token, ...change },
	});
	assertOrder<ClaimFacts>(decideClaim, { time: 100, device }, [
		["acknowledge-before-claim", (x) => ({ ...x, device: { ...device, isAcknowledged: true } })],
		["token-unknown", (x) => ({ ...x, token: { ...claimToken, revokedAt: 1 } })],
		["token-unknown", (x) => changed(x, { revokedAt: null })],
		["token-expired", (x) => ({ ...x, time: 99 })],
		["token-spent", (x) => changed(x, { hasUsesLeft: true })],
		["device-taken", (x) => ({ ...x, device: { ...x.device, owner: null } })],
		["product-not-claimable", (x) => ({ ...x, device: { ...x.device, owner: "alice" } })],
		["product-access", (x) => changed(x, { hasAccess: true })],
		["product-platform", (x) => changed(x, { product: { ...product, platform: "esp32" } })],
		["production-product-final", (x) => changed(x, { product: production })],
	]);
});

test("an activation that breaks several rules is told the first", () => {
	const device = { isAcknowledged: false, owner: null, platform: "esp32", product: production };
	assertOrder<ActivateFacts>(decideActivate, { device, hasAccess: false }, [
		["acknowledge-before-claim", (x) => ({ ...x, device: { ...device, isAcknowledged: true } })],
		["claim-before-activate", (x) => ({ ...x, device: { ...x.device, owner: "alice" } })],
		["product-unknown", (x) => ({ ...x, product })],
		["product-access", (x) => ({ ...x, hasAccess: true })],
		["product-platform", (x) => ({ ...x, product: { ...product, platform: "esp32" } })],
		["production-product-final", (x) => ({ ...x, product: production })],
	]);
});
