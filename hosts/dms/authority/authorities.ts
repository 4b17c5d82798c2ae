/** The CAs of a service, oldest first: each one but the first was signed by the one before. */

import { toHex } from "../../../src/encoding/bytes.js";
import { authorityName } from "../../../src/protocol/messages.js";
import { type Authority, isValidAt } from "./authority.js";

export interface Link {
	readonly authority: Authority;
	/** The signed statement of the one before that this one follows it. */
	readonly statement?: Uint8Array | undefined;
	/** No device is expected that trusts it: it isn't shown to any more. */
	readonly isRetired: boolean;
}

export interface Authorities {
	readonly links: readonly Link[];
	/** What new devices are to trust. */
	readonly newest: Authority;
	/** Those that devices are served by. */
	readonly served: readonly Authority[];
	/** The first of them. */
	readonly oldest: Authority;
	/** Whose certificate the server's key gets first: the oldest that is served and hasn't ended. */
	at(time: number): Authority;
	/** The one that a device calls by its name in hello; the oldest, if that one isn't served. */
	named(name: string | undefined): Authority;
	/** The one with this fingerprint, hexadecimal; the first for `null`. */
	withFingerprint(fingerprint: string | null): Authority;
	/** What a device that trusts this one is to trust next. */
	after(fingerprint: Uint8Array): Link | undefined;
}

/** Of the first CA, and those that follow it; some, by their fingerprints, are retired. */
export function authoritiesOf(
	first: Authority,
	following: readonly Authority[],
	retired: readonly string[] = [],
): Authorities {
	const isRetired = ({ fingerprint }: Authority): boolean => retired.includes(toHex(fingerprint));
	const links: Link[] = [{ authority: first, isRetired: isRetired(first) }];
	let newest = first;
	for (const authority of following) {
		// Nobody is expected who trusts a CA without its key: nobody has to be told what follows it.
		const { certificate } = authority.credential;
		const statement = newest.hasKey ? newest.stateNext(certificate) : undefined;
		links.push({ authority, statement, isRetired: isRetired(authority) });
		newest = authority;
	}
	const all = links.map(({ authority }) => authority);
	const served = all.filter((authority) => !isRetired(authority));
	const [oldest = newest] = served;
	return Object.freeze({
		...{ links, newest, served, oldest },
		at: (time) => served.find((authority) => isValidAt(authority, time)) ?? newest,
		named: (name) =>
			served.find(({ fingerprint }) => authorityName(fingerprint) === name) ?? oldest,
		withFingerprint: (wanted) =>
			all.find(({ fingerprint }) => toHex(fingerprint) === wanted) ?? first,
		after(fingerprint) {
			const wanted = toHex(fingerprint);
			const index = links.findIndex(({ authority }) => toHex(authority.fingerprint) === wanted);
			return index < 0 ? undefined : links[index + 1];
		},
	} satisfies Authorities);
}
