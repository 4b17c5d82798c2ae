/** Texts that open something, such as a cookie: 256 random bits, of which a digest is kept. */

import { createHash, randomBytes } from "node:crypto";

const secretLength = 32;

export function newSecretText(): string {
	return randomBytes(secretLength).toString("base64url");
}

/** 256 random bits need no slow hash; a lookup by it tells nothing of the text by its time. */
export function digestOfText(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
