/** Tokens: made, listed and revoked. Their text leaves here once, when they are made. */

import type { Core } from "../core.js";
import { timeOf } from "../core.js";
import { shortName } from "../digest.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { findClaimTokenOf, listClaimTokens, revokeClaimToken } from "../storage/claim-tokens.js";
import { collect, type Page, pagesOf, type Part } from "../storage/pages.js";
import {
	findProvisioningTokenOf,
	listProvisioningTokens,
	revokeProvisioningToken,
} from "../storage/provisioning-tokens.js";
import type { ClaimTokenRow, Database, ProvisioningTokenRow, UuidRule } from "../storage/schema.js";
import {
	type ActivationTokenOptions,
	addClaimToken,
	addProvisioningToken,
	addTransferToken,
	type ClaimTokenOptions,
	type NewToken,
	type ProvisioningTokenOptions,
	type TransferTokenOptions,
} from "./new-tokens.js";
import { actor, change } from "./change.js";
import { addManyTokens } from "./many-tokens.js";

/** `open`: it can be used. `used`: it is bound to a device, or has no uses left. */
export type TokenState = "open" | "used" | "expired" | "revoked";

export interface Token {
	/** The beginning of its public name; not a secret. */
	readonly id: string;
	readonly kind: "provisioning" | "claim" | "activation" | "transfer";
	readonly state: TokenState;
	/** Seconds since 1970. */
	readonly expiresAt: number;
	/** For provisioning tokens: where the device's UUID comes from. */
	readonly uuidRule: UuidRule | null;
	readonly uuid: string | null;
	/** The user it makes an owner. */
	readonly user: string | null;
	/** The product it puts devices on. */
	readonly product: string | null;
	/** How many devices used it, and how many may. */
	readonly uses: number;
	readonly usesMaximum: number;
}

export interface Tokens {
	addProvisioning(options?: ProvisioningTokenOptions): Promise<NewToken>;
	/**
	 * As many provisioning tokens: all or none. Each is told of when it is made, and good once all
	 * are. Elsewhere it is so for each 10,000 of them.
	 */
	addProvisioningMany(
		count: number,
		options: ProvisioningTokenOptions,
		onMade: (token: NewToken) => void,
	): Promise<void>;
	addClaim(options: ClaimTokenOptions): Promise<NewToken>;
	addActivation(options: ActivationTokenOptions): Promise<NewToken>;
	/** With it the device becomes another user's, while its owner is the same. */
	addTransfer(options: TransferTokenOptions): Promise<NewToken>;
	/** All of them at once: many are better taken in `pages`. */
	list(): Promise<Token[]>;
	/** Provisioning tokens first, then the others; `after` is the id of one of them. */
	pages(part?: Part<string>): AsyncIterable<Token[]>;
	/** Revokes the token of this id. Devices that used it stay what they are. */
	revoke(id: string): Promise<void>;
}

/** `address` is where devices reach the service; it throws while nobody has said. */
export function createTokens(core: Core, address: () => string): Tokens {
	return {
		addProvisioning: (options = {}) =>
			change(core, (database, time) =>
				addProvisioningToken(database, core.authorities.newest, address(), options, time),
			),
		addProvisioningMany: (count, options, onMade) =>
			addManyTokens(core, address(), count, options, onMade),
		addClaim: (options) => change(core, (database, time) => addClaimToken(database, options, time)),
		addActivation: (options) =>
			change(core, (database, time) => addClaimToken(database, options, time)),
		addTransfer: (options) =>
			change(core, (database, time) => addTransferToken(database, options, time)),
		list: () => collect(pagesOfTokens(core.database, timeOf(core))),
		pages: (part) => pagesOfTokens(core.database, timeOf(core), part),
		revoke: (id) => change(core, (database, time) => revoke(database, id, time)),
	};
}

async function* pagesOfTokens(
	database: Database,
	time: number,
	{ after, limit = Infinity }: Part<string> = {},
): AsyncGenerator<Token[]> {
	const last = after === undefined ? undefined : await requireToken(database, after);
	let left = limit;
	if (last === undefined || "keyId" in last) {
		const read = (page: Page<string>) => listProvisioningTokens(database, page);
		const part = { after: last?.keyId, limit };
		for await (const rows of pagesOf(read, ({ keyId }) => keyId, part)) {
			left -= rows.length;
			yield rows.map((row) => provisioningTokenOf(row, time));
		}
	}
	const read = (page: Page<string>) => listClaimTokens(database, page);
	const part = { after: last && "digest" in last ? last.digest : undefined, limit: left };
	for await (const rows of pagesOf(read, ({ digest }) => digest, part)) {
		yield rows.map((row) => claimTokenOf(row, time));
	}
}

async function requireToken(
	database: Database,
	id: string,
): Promise<ProvisioningTokenRow | ClaimTokenRow> {
	const name = id.toLowerCase();
	const isName = name.length === shortName(name).length;
	const token = isName
		? ((await findProvisioningTokenOf(database, name)) ?? (await findClaimTokenOf(database, name)))
		: undefined;
	if (token !== undefined && shortNameOf(token) === name) return token;
	const message = "There is no token " + id + ". See which there are: opendms token list";
	throw new OperatorError("token-unknown", message);
}

function shortNameOf(token: ProvisioningTokenRow | ClaimTokenRow): string {
	return shortName("keyId" in token ? token.keyId : token.digest);
}

async function revoke(database: Database, id: string, time: number): Promise<void> {
	const token = await requireToken(database, id);
	if (token.revokedAt !== null) return;
	if ("keyId" in token) await revokeProvisioningToken(database, token.keyId, time);
	else await revokeClaimToken(database, token.digest, time);
	const subject = "token:" + id;
	await appendAudit(database, time, { actor: actor(), action: "token.revoke", subject });
}

function provisioningTokenOf(row: ProvisioningTokenRow, time: number): Token {
	const uses = row.deviceKeyId === null ? 0 : 1;
	return {
		id: shortName(row.keyId),
		kind: "provisioning",
		state: stateOf(row, uses, 1, time),
		expiresAt: row.expiresAt,
		uuidRule: row.uuidRule,
		uuid: row.uuid,
		user: null,
		product: null,
		uses,
		usesMaximum: 1,
	};
}

function claimTokenOf(row: ClaimTokenRow, time: number): Token {
	const { uses } = row;
	return {
		id: shortName(row.digest),
		kind: kindOf(row),
		state: stateOf(row, uses, row.usesMaximum, time),
		expiresAt: row.expiresAt,
		uuidRule: null,
		uuid: null,
		user: row.user,
		product: row.product,
		uses,
		usesMaximum: row.usesMaximum,
	};
}

function kindOf({ product, device }: ClaimTokenRow): Token["kind"] {
	if (device !== null) return "transfer";
	return product === null ? "claim" : "activation";
}

function stateOf(
	row: { readonly revokedAt: number | null; readonly expiresAt: number },
	uses: number,
	usesMaximum: number,
	time: number,
): TokenState {
	if (row.revokedAt !== null) return "revoked";
	if (uses >= usesMaximum) return "used";
	return time >= row.expiresAt ? "expired" : "open";
}
