/** Makes tokens: checks what is asked for, keeps what opens nothing, hands out the text. */

import { toHex } from "../../../src/encoding/bytes.js";
import { isUuid } from "../../../src/protocol/messages.js";
import type { Authority } from "../authority/authority.js";
import { shortName } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit, type AuditEntry } from "../storage/audit.js";
import { insertClaimToken } from "../storage/claim-tokens.js";
import { findDevice, isUuidTaken } from "../storage/devices.js";
import { hasAccess } from "../storage/products.js";
import { insertProvisioningToken } from "../storage/provisioning-tokens.js";
import type { ClaimTokenRow, Database, ProvisioningTokenRow, UuidRule } from "../storage/schema.js";
import { createClaimToken, digestOfClaimToken, withProduct } from "../token/claim-token.js";
import { createProvisioningToken } from "../token/provisioning-token.js";
import { actor, requireProduct, requireUser } from "./change.js";

export interface NewToken {
	/** What the device is given. It can't be had again. */
	readonly token: string;
	/** What the token is called afterwards; not a secret. */
	readonly id: string;
	/** Seconds since 1970. */
	readonly expiresAt: number;
}

export interface ProvisioningTokenOptions {
	/** The UUID the device gets. Without this and the next, the service makes one. */
	readonly uuid?: string | undefined;
	/** The device must bring a UUID of its own. */
	readonly requiresUuid?: boolean | undefined;
	/** Default: 30 days. */
	readonly lifeSeconds?: number | undefined;
}

export interface ClaimTokenOptions {
	/** The user who will own the device. */
	readonly user: string;
	/** Default: one day. */
	readonly lifeSeconds?: number | undefined;
}

export interface ActivationTokenOptions extends ClaimTokenOptions {
	/** The product that devices go on. */
	readonly product: string;
	/** For how many devices it is good. Default: one. */
	readonly uses?: number | undefined;
	/** Default: 30 days. */
	readonly lifeSeconds?: number | undefined;
}

export interface TransferTokenOptions {
	/** Its owner hands it over. */
	readonly device: string;
	/** The user who will own it. */
	readonly user: string;
	/** Who hands it over. Default: whoever owns it. */
	readonly giver?: string | undefined;
	/** Default: seven days. */
	readonly lifeSeconds?: number | undefined;
}

const secondsPerDay = 86_400;
/** From making a device in a factory to its first start may take weeks. */
const provisioningDays = 30;
/** Whoever claims has the device at hand: a day is long. */
const claimDays = 1;
/** A device that was sold is sent. */
const transferDays = 7;
/** A small production run goes on for weeks. */
const activationDays = 30;
/** What is good for longer was forgotten, not meant. */
const lifeDaysMaximum = 3_650;
/** More devices than a run with one token; a slip of the keyboard is more likely. */
const usesMaximum = 1_000_000;

export async function addProvisioningToken(
	database: Database,
	authority: Authority,
	address: string,
	options: ProvisioningTokenOptions,
	time: number,
): Promise<NewToken> {
	const uuid = await requireFreeUuid(database, options);
	const { row, token } = newProvisioningToken(authority, address, { ...options, uuid }, time);
	await insertProvisioningToken(database, row);
	await appendAudit(database, time, auditOfProvisioning(row));
	return token;
}

export interface NewProvisioningToken {
	readonly row: ProvisioningTokenRow;
	readonly token: NewToken;
}

/** A token that isn't in the database yet; its UUID was checked. */
export function newProvisioningToken(
	authority: Authority,
	address: string,
	{ uuid, requiresUuid, lifeSeconds }: ProvisioningTokenOptions,
	time: number,
): NewProvisioningToken {
	const expiresAt = expiryOf(lifeSeconds, provisioningDays, time);
	const uuidRule: UuidRule = uuid ? "fixed" : requiresUuid ? "required" : "given";
	const { text, keyId, publicKey } = createProvisioningToken(address, authority.fingerprint);
	const row = {
		keyId,
		publicKey,
		uuidRule,
		uuid: uuid ?? null,
		addedAt: time,
		expiresAt,
		deviceKeyId: null,
		revokedAt: null,
		authority: toHex(authority.fingerprint),
	};
	return { row, token: { token: text, id: shortName(keyId), expiresAt } };
}

export function auditOfProvisioning({
	keyId,
	uuidRule,
	expiresAt,
}: ProvisioningTokenRow): AuditEntry {
	const subject = "token:" + shortName(keyId);
	const details = { kind: "provisioning", uuidRule, expiresAt };
	return { actor: actor(), action: "token.add", subject, details };
}

/** A claim token or, when a product is given, an activation token. */
export async function addClaimToken(
	database: Database,
	options: ClaimTokenOptions | ActivationTokenOptions,
	time: number,
): Promise<NewToken> {
	const { user } = options;
	await requireUser(database, user);
	const activation = "product" in options ? options : undefined;
	if (activation) await requireAccess(database, activation.product, user);
	const uses = activation?.uses ?? 1;
	if (!Number.isSafeInteger(uses) || uses < 1 || uses > usesMaximum) {
		throw new OperatorError("limit", "A token is good for 1 to " + usesMaximum + " devices.");
	}
	const days = activation ? activationDays : claimDays;
	const expiresAt = expiryOf(options.lifeSeconds, days, time);
	const token = createClaimToken();
	const product = activation?.product ?? null;
	const row = { user, product, usesMaximum: uses, addedAt: time, expiresAt };
	const digest = await insertToken(database, token, { ...row, device: null, giver: null });
	const id = shortName(digest);
	const kind = activation ? "activation" : "claim";
	await auditToken(database, time, id, { kind, user, product, uses, expiresAt });
	return { token: product === null ? token : withProduct(token, product), id, expiresAt };
}

/** A token with which the device's owner hands it over to this user. */
export async function addTransferToken(
	database: Database,
	{ device: uuid, user, lifeSeconds, giver: wanted }: TransferTokenOptions,
	time: number,
): Promise<NewToken> {
	const device = await findDevice(database, uuid.toLowerCase());
	if (device === undefined || (wanted !== undefined && device.owner !== wanted)) {
		const message = "There is no device " + uuid + ". See which there are: opendms device list";
		throw new OperatorError("device-unknown", message);
	}
	const { owner: giver } = device;
	await requireUser(database, user);
	if (giver === null || giver === user) {
		const message = giver === null ? "Nobody owns " : user + " owns ";
		const way = ". A claim token will do: opendms token claim " + user;
		throw new OperatorError("usage", message + device.uuid + way);
	}
	const expiresAt = expiryOf(lifeSeconds, transferDays, time);
	const token = createClaimToken();
	const row = { user, product: null, usesMaximum: 1, addedAt: time, expiresAt };
	const digest = await insertToken(database, token, { ...row, device: device.uuid, giver });
	const id = shortName(digest);
	const details = { kind: "transfer", user, device: device.uuid, giver, expiresAt };
	await auditToken(database, time, id, details);
	return { token, id, expiresAt };
}

/** Keeps the token's digest, and returns it. */
async function insertToken(
	database: Database,
	token: string,
	row: Omit<ClaimTokenRow, "digest" | "uses" | "revokedAt">,
): Promise<string> {
	const digest = digestOfClaimToken(token);
	if (digest === undefined) throw new Error("a new claim token isn't one");
	await insertClaimToken(database, { ...row, digest, uses: 0, revokedAt: null });
	return digest;
}

async function requireFreeUuid(
	database: Database,
	options: ProvisioningTokenOptions,
): Promise<string | undefined> {
	const uuid = options.uuid?.toLowerCase();
	if (uuid === undefined) return undefined;
	if (!isUuid(uuid)) throw new OperatorError("uuid", "A UUID has 40 hexadecimal digits.");
	if (options.requiresUuid) {
		const message = "A token has a UUID or requires one of the device, not both.";
		throw new OperatorError("uuid", message);
	}
	if (await isUuidTaken(database, uuid)) {
		const message = "There is a device " + uuid + ", or was one. Choose another UUID.";
		throw new OperatorError("uuid-taken", message);
	}
	return uuid;
}

async function requireAccess(database: Database, code: string, user: string): Promise<void> {
	const product = await requireProduct(database, code);
	if (await hasAccess(database, product, user)) return;
	const command = "opendms product share " + code + " " + user;
	const message = user + " may not use " + code + ". Share it first: " + command;
	throw new OperatorError("product-access", message);
}

function expiryOf(lifeSeconds: number | undefined, defaultDays: number, time: number): number {
	const life = lifeSeconds ?? defaultDays * secondsPerDay;
	if (Number.isSafeInteger(life) && life > 0 && life <= lifeDaysMaximum * secondsPerDay) {
		return time + life;
	}
	const message = "A token is good for at least a second and at most " + lifeDaysMaximum + " days.";
	throw new OperatorError("limit", message);
}

async function auditToken(
	database: Database,
	time: number,
	id: string,
	details: { readonly [name: string]: string | number | null },
): Promise<void> {
	const subject = "token:" + id;
	await appendAudit(database, time, { actor: actor(), action: "token.add", subject, details });
}
