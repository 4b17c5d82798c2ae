/** The CAs of a service: which devices are expected under each, and the end of one. */

import { X509Certificate } from "node:crypto";
import { toHex } from "../../../src/encoding/bytes.js";
import { type Authority, isValidAt } from "../authority/authority.js";
import type { Link } from "../authority/authorities.js";
import { readFollowing, retire, retiredNames, rowOf } from "../authority/following.js";
import { credentialFiles } from "../authority/key-folder.js";
import { credentialRow } from "../authority/key-table.js";
import { type Core, timeOf } from "../core.js";
import { signLists } from "../authority/revocations.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { countExpected, type Expected, expectedDevices } from "../storage/expected.js";
import type { Database } from "../storage/schema.js";
import { actor, change } from "./change.js";
import { makeNewFolder } from "./new-folder.js";

/** `newest`: new tokens are for it. `retired`: devices aren't served by it any more. */
export type AuthorityState = "newest" | "served" | "retired" | "ended";

export interface AuthorityOverview {
	/** SHA-256 of its DER, hexadecimal: what provisioning tokens pin. */
	readonly fingerprint: string;
	readonly state: AuthorityState;
	/** Seconds since 1970. */
	readonly validFrom: number;
	/** Seconds since 1970. */
	readonly expiresAt: number;
	/** How many devices trust it, as far as the service knows. */
	readonly devices: number;
	/** How many provisioning tokens are for it that can still be used. */
	readonly tokens: number;
	readonly pem: string;
}

/** So many devices a refusal names. */
const namedMaximum = 3;
/** Enough of a fingerprint to mean one of nine. */
const prefixLengthMinimum = 8;

export async function listAuthorities(core: Core): Promise<AuthorityOverview[]> {
	const time = timeOf(core);
	const { database, authorities, authority } = core;
	const counts = await countExpected(database, toHex(authority.fingerprint), time);
	return authorities.links.map((link) => {
		const { fingerprint, notBefore, notAfter, credential } = link.authority;
		const name = toHex(fingerprint);
		const { devices, tokens } = counts.get(name) ?? none;
		const state = stateOf(core, link, time);
		const life = { validFrom: notBefore, expiresAt: notAfter };
		const pem = new X509Certificate(credential.certificate).toString();
		return { fingerprint: name, state, ...life, devices, tokens, pem };
	});
}

const none: Expected = { devices: 0, tokens: 0 };

function stateOf({ authorities }: Core, link: Link, time: number): AuthorityState {
	if (link.isRetired) return "retired";
	if (!isValidAt(link.authority, time)) return "ended";
	return link.authority === authorities.newest ? "newest" : "served";
}

/** Ends the service of a CA that nobody trusts any more; resolves with its fingerprint. */
export async function retireAuthority(core: Core, named: string): Promise<string> {
	const { authorities, authority: first } = core;
	const { authority, isRetired } = requireLink(core, named);
	const fingerprint = toHex(authority.fingerprint);
	if (authority === authorities.newest) {
		const message = "It is the newest CA: new devices are to trust it. Make the next one first: ";
		throw new OperatorError("authority", message + "opendms cert next-authority");
	}
	return change(core, async (database, time) => {
		const counts = await countExpected(database, toHex(first.fingerprint), time);
		const expected = counts.get(fingerprint) ?? none;
		if (expected.devices > 0 || expected.tokens > 0) {
			const isFirst = authority === first;
			const uuids = await expectedDevices(database, fingerprint, isFirst, namedMaximum);
			throw new OperatorError("authority", sentenceOf(expected, uuids));
		}
		if (isRetired) return fingerprint;
		await retire(database, authority);
		const subject = "authority:" + fingerprint;
		await appendAudit(database, time, { actor: actor(), action: "authority.retire", subject });
		return fingerprint;
	});
}

/** Forgets the key of a CA that is retired; resolves with its fingerprint. */
export async function forgetAuthorityKey(core: Core, named: string): Promise<string> {
	const { authority } = requireLink(core, named);
	const fingerprint = toHex(authority.fingerprint);
	const { links } = core.authorities;
	await change(core, async (database, time) => {
		if (!(await retiredNames(database)).includes(fingerprint)) {
			const message = "It is not retired. First: opendms cert retire " + fingerprint.slice(0, 16);
			throw new OperatorError("authority", message);
		}
		// The last that it can sign of what is revoked.
		await signLists(database, core, time);
		const index = links.findIndex((link) => link.authority === authority);
		const { data } = core;
		const isFile = index === 0 && data !== undefined;
		const name = index === 0 ? "ca" : rowOf(index - 1);
		await (isFile ? credentialFiles(data, name) : credentialRow(name)).forgetKey(database);
		const subject = "authority:" + fingerprint;
		await appendAudit(database, time, { actor: actor(), action: "authority.forget", subject });
	});
	return fingerprint;
}

function sentenceOf({ devices, tokens }: Expected, uuids: readonly string[]): string {
	const more = devices > uuids.length ? ", ..." : "";
	const which = devices > 0 ? ` (${uuids.join(", ")}${more})` : "";
	const expected = `${devices} devices${which} and ${tokens} tokens are expected under this CA. `;
	return (
		expected + "Devices take the next one when they renew; revoke or delete those that are lost."
	);
}

function requireLink({ authorities }: Core, named: string): Link {
	const isLong = named.length >= prefixLengthMinimum;
	const found = authorities.links.filter(
		({ authority }) => isLong && toHex(authority.fingerprint).startsWith(named.toLowerCase()),
	);
	const [link] = found;
	if (link !== undefined && found.length === 1) return link;
	const message = "There is no CA " + named + ". See which there are: opendms cert show";
	throw new OperatorError("authority", message);
}

/** Copies the keys and certificates of all CAs into a new folder: what `rebuildService` needs. */
export async function keepKeys({ authority, database }: Core, folder: string): Promise<string[]> {
	return makeNewFolder(folder, "ca.crt", (unfinished) =>
		writeKeys(unfinished, authority, database),
	);
}

async function writeKeys(
	folder: string,
	authority: Authority,
	database: Database,
): Promise<string[]> {
	const names: string[] = [];
	// One that was added since the start is among them.
	const all = [authority, ...(await readFollowing(database))];
	for (const [index, { credential, hasKey }] of all.entries()) {
		const name = index === 0 ? "ca" : rowOf(index - 1);
		const files = credentialFiles(folder, name);
		if (hasKey) names.push(name);
		await (hasKey ? files.write(database, credential) : files.writeCertificate(credential));
	}
	return names;
}
