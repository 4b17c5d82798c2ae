/** The CAs of a service, oldest first: each one but the first was signed by the one before. */

import { toHex } from "../../../src/encoding/bytes.js";
import { authorityName } from "../../../src/protocol/messages.js";
import type { Authority } from "./authority.js";

export interface Link {
	readonly authority: Authority;
	/** The signed statement of the one before that this one follows it. */
	readonly statement?: Uint8Array | undefined;
}

export interface Authorities {
	readonly links: readonly Link[];
	/** What new devices are to trust. */
	readonly newest: Authority;
	/** The one that a device calls by its name in hello; the first, if there is none of that name. */
	named(name: string | undefined): Authority;
	/** The one with this fingerprint, hexadecimal; the first for `null`. */
	withFingerprint(fingerprint: string | null): Authority;
	/** What a device that trusts this one is to trust next. */
	after(fingerprint: Uint8Array): Link | undefined;
}

/** Of the first CA, and those that follow it. */
export function authoritiesOf(first: Authority, following: readonly Authority[]): Authorities {
	const links: Link[] = [{ authority: first }];
	let newest = first;
	for (const authority of following) {
		links.push({ authority, statement: newest.stateNext(authority.credential.certificate) });
		newest = authority;
	}
	const find = (isWanted: (authority: Authority) => boolean): Authority =>
		links.find(({ authority }) => isWanted(authority))?.authority ?? first;
	return Object.freeze({
		links,
		newest,
		named: (name) => find(({ fingerprint }) => authorityName(fingerprint) === name),
		withFingerprint: (wanted) => find(({ fingerprint }) => toHex(fingerprint) === wanted),
		after(fingerprint) {
			const wanted = toHex(fingerprint);
			const index = links.findIndex(({ authority }) => toHex(authority.fingerprint) === wanted);
			return index < 0 ? undefined : links[index + 1];
		},
	} satisfies Authorities);
}
