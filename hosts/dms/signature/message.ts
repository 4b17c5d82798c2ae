/** The parts of a request that a signature can cover (RFC 9421 section 2), as they were sent. */

import { parseDictionary } from "structured-headers";
import { equal } from "../../../src/encoding/bytes.js";
import type { Fields } from "../endpoint/incoming.js";
import { contentDigestOf, sha256 } from "../digest.js";

export interface SignedMessage {
	readonly method: string;
	readonly scheme: "http" | "https";
	/** The `Host` field. */
	readonly host: string;
	/** The request target of the request line. */
	readonly target: string;
	/** The target's path, untouched: no decoding, no dots resolved. */
	readonly path: string;
	/** The target's query with its question mark, when it has one. */
	readonly query?: string | undefined;
	readonly fields: Fields;
	readonly body: Uint8Array;
}

const defaultPorts = Object.freeze({ http: ":80", https: ":443" });

/** The value of a component without parameters; `undefined` when the request has none such. */
export function componentOf(message: SignedMessage, name: string): string | undefined {
	if (!name.startsWith("@")) return fieldOf(message.fields, name);
	switch (name) {
		case "@method":
			return message.method;
		case "@target-uri":
			return message.scheme + "://" + authorityOf(message) + message.path + (message.query ?? "");
		case "@authority":
			return authorityOf(message);
		case "@scheme":
			return message.scheme;
		case "@request-target":
			return message.target;
		case "@path":
			return message.path;
		case "@query":
			return message.query ?? "?";
		default:
			return undefined;
	}
}

/** What a signature must cover: a request without these could be turned into another one. */
export function requiredComponents(message: SignedMessage): string[] {
	const required = ["@method", "@path"];
	if (message.query !== undefined) required.push("@query");
	if (message.body.length > 0) required.push("content-digest");
	return required;
}

/** Whether `content-digest` (RFC 9530) has the SHA-256 of the body; also when there is neither. */
export function isDigestRight(message: SignedMessage): boolean {
	const field = message.fields.get("content-digest");
	if (field === null) return message.body.length === 0;
	// As devices write it, there is nothing to parse.
	if (field === contentDigestOf(message.body)) return true;
	const digest = digestIn(field);
	return digest !== undefined && equal(digest, sha256(message.body));
}

function digestIn(field: string): Uint8Array | undefined {
	try {
		const value = parseDictionary(field).get("sha-256")?.[0];
		return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
	} catch {
		return undefined; // Not a dictionary of RFC 8941.
	}
}

/** Lower-case names only (RFC 9421 section 2.1). Lines of one name come joined by a comma. */
function fieldOf(fields: Fields, name: string): string | undefined {
	return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) ? (fields.get(name) ?? undefined) : undefined;
}

function authorityOf(message: SignedMessage): string {
	const host = message.host.toLowerCase();
	const port = defaultPorts[message.scheme];
	return host.endsWith(port) ? host.slice(0, -port.length) : host;
}
