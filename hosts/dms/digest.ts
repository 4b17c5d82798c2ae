/** SHA-256, as the service's own platform has it. */

import { createHash } from "node:crypto";

export function sha256(bytes: Uint8Array): Uint8Array {
	return Uint8Array.from(createHash("sha256").update(bytes).digest());
}

/** The value of `content-digest` for a body. */
export function contentDigestOf(body: Uint8Array): string {
	return "sha-256=:" + createHash("sha256").update(body).digest("base64") + ":";
}

/** 48 bits: enough to tell keys and tokens apart, nothing to find one by. */
const shortNameLength = 12;

/** How people, the log and the audit log call a key or a token: the beginning of its digest. */
export function shortName(digest: string): string {
	return digest.slice(0, shortNameLength);
}

/** The digest of texts, each behind its length so that no two lists share one; hexadecimal. */
export function digestOf(...texts: readonly string[]): string {
	const hash = createHash("sha256");
	for (const text of texts) hash.update(text.length + ":" + text);
	return hash.digest("hex");
}
