/** Claim and activation tokens: 20 letters that a person reads, says and types. */

import { createHash, randomBytes } from "node:crypto";

/** Crockford's base 32: without I, L, O and U, which are misread or spell words. */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** 100 random bits: nobody guesses one, and nobody needs to slow a guesser down. */
const letterCount = 20;
const groupLength = 4;
/** And what mail, PDF and word processors make of one, and of a space beside it. */
const hyphens = /[-\s\u00ad\u2010-\u2015\u2212]/g;
const plainPattern = new RegExp("^[0-9A-Za-z]{" + letterCount + "}$");

/** A new token, in groups of four letters with hyphens. */
export function createClaimToken(): string {
	let text = "";
	for (const byte of randomBytes(letterCount)) {
		if (text.length % (groupLength + 1) === groupLength) text += "-";
		text += letters.charAt(byte % letters.length);
	}
	return text;
}

/**
 * An activation token: it names the product, so that a device is moved to another one only by
 * somebody who has typed its name.
 */
export function withProduct(token: string, product: string): string {
	return product + "/" + token;
}

/**
 * SHA-256 of a token's letters, hexadecimal; `undefined` for what can't be a token. The product in
 * front of an activation token's is not among them.
 */
export function digestOfClaimToken(text: string): string | undefined {
	const plain = text.slice(text.lastIndexOf("/") + 1).replace(hyphens, "");
	// Among other scripts' letters are some whose capitals are ours.
	if (!plainPattern.test(plain)) return undefined;
	const normal = plain.toUpperCase();
	const isToken = [...normal].every((letter) => letters.includes(letter));
	return isToken ? createHash("sha256").update(normal).digest("hex") : undefined;
}
