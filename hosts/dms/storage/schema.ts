/**
 * The tables. Times are seconds since 1970, flags are 0 or 1, certificates are DER; what a
 * secret opens is kept, the secret never: tokens are here as a public key or a digest.
 */

import type { Generated, Kysely } from "kysely";

/** A connection or a transaction: what reads and writes is the same on both. */
export type Database = Kysely<Schema>;

export interface Schema {
	settings: SettingRow;
	users: UserRow;
	products: ProductRow;
	productUsers: ProductUserRow;
	devices: DeviceRow;
	certificates: CertificateRow;
	provisioningTokens: ProvisioningTokenRow;
	claimTokens: ClaimTokenRow;
	claimTokenUses: ClaimTokenUseRow;
	answers: AnswerRow;
	audit: AuditRow;
}

export interface SettingRow {
	name: string;
	value: string;
}

export interface UserRow {
	name: string;
	addedAt: number;
}

export interface ProductRow {
	code: string;
	title: string;
	/** The kind of hardware its firmware is for. */
	platform: string;
	owner: string;
	/** A device never leaves a production product. */
	production: number;
	/** A device on a locked product can't be claimed. */
	locked: number;
	addedAt: number;
}

/** A user with whom a product is shared. */
export interface ProductUserRow {
	product: string;
	user: string;
}

/** `issued`: it was given credentials. `provisioned`: it said that its flash holds them. */
export type DeviceState = "issued" | "provisioned";

export interface DeviceRow {
	uuid: string;
	/** The name of its public key: who signed a request is found by this. */
	keyId: string;
	publicKey: Uint8Array;
	hardware: string;
	platform: string;
	version: string;
	state: DeviceState;
	owner: string | null;
	product: string | null;
	firstSeenAt: number;
	lastSeenAt: number;
}

export interface CertificateRow {
	/** Hexadecimal. */
	serial: string;
	device: string;
	certificate: Uint8Array;
	issuedAt: number;
	expiresAt: number;
}

/** Whence the UUID: `given` by the service, `fixed` in the token, `required` of the device. */
export type UuidRule = "given" | "fixed" | "required";

export interface ProvisioningTokenRow {
	/** The name of the token key, whose private half is in the token. */
	keyId: string;
	publicKey: Uint8Array;
	uuidRule: UuidRule;
	/** The UUID of a `fixed` token. */
	uuid: string | null;
	addedAt: number;
	expiresAt: number;
	/** The name of the device key that the token is bound to. */
	deviceKeyId: string | null;
	revokedAt: number | null;
}

/** A claim token or, with a product, an activation token. */
export interface ClaimTokenRow {
	/** SHA-256 of the token's 20 letters, hexadecimal. */
	digest: string;
	user: string;
	product: string | null;
	/** For how many devices it is good. */
	usesMaximum: number;
	addedAt: number;
	expiresAt: number;
	revokedAt: number | null;
}

export interface ClaimTokenUseRow {
	digest: string;
	device: string;
	usedAt: number;
}

/** The answer to a request that changed something, kept to be given again. */
export interface AnswerRow {
	keyId: string;
	nonce: string;
	/** SHA-256 of the request's method, path, query and body, hexadecimal. */
	requestDigest: string;
	status: number;
	body: Uint8Array | null;
	storedAt: number;
}

export interface AuditRow {
	id: Generated<number>;
	time: number;
	/** `operator`, `device:<uuid>`, or `key:<keyid>` for a key that is no device. */
	actor: string;
	action: string;
	/** What was acted on, such as `product:ACME-LAMP`. */
	subject: string;
	/** The rule that refused; empty when the action was done. */
	rule: string;
	/** Facts as JSON. */
	details: string;
}
