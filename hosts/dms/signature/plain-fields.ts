/**
 * Signature fields in just the form in which devices write them (PROTOCOL.md section 8): one
 * member, parameters in one order, nothing to make canonical. Read by a pattern, in a tenth of the
 * time that a parser takes; whatever differs goes to the parser, which comes to the same where both
 * read something.
 */

import { deviceLabel } from "../../../src/protocol/signature.js";
import type { SignatureInput } from "./signature-input.js";

const inputPattern = new RegExp(
	"^" +
		deviceLabel +
		'=(\\(("[a-z@-]+"(?: "[a-z@-]+")*)\\);created=([1-9]\\d{0,11});nonce="([\\w-]{22})"' +
		';alg="ecdsa-p256-sha256";keyid="([0-9a-f]{64})")$',
);
/** 64 bytes leave four bits of the last letter, which are 0. */
const signaturePattern = new RegExp("^" + deviceLabel + "=(:([A-Za-z0-9+/]{85}[AQgw]==):)$");

export function readPlainInput(inputs: string, signatures: string): SignatureInput | undefined {
	const [, parameters, names, created, nonce, keyId] = inputPattern.exec(inputs) ?? [];
	const [, , base64] = signaturePattern.exec(signatures) ?? [];
	if (parameters === undefined || names === undefined || base64 === undefined) return undefined;
	if (nonce === undefined || keyId === undefined) return undefined;
	const components = names.slice(1, -1).split('" "');
	if (new Set(components).size !== components.length) return undefined;
	const signature = new Uint8Array(Buffer.from(base64, "base64"));
	return { created: Number(created), nonce, keyId, components, parameters, signature };
}

/** The value of the device's member, when the field has this one member and is canonical. */
export function readPlainMember(signatures: string): string | undefined {
	return signaturePattern.exec(signatures)?.[1];
}
