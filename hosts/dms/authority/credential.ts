/** A private key with its certificate, and the PEM texts that keep one. */

import {
	createECDH,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	X509Certificate,
} from "node:crypto";

export interface Credential {
	/** DER. */
	readonly certificate: Uint8Array;
	readonly privateKey: KeyObject;
}

/** Letters of base64 in a line of PEM (RFC 7468). */
const pemLineLength = 64;
/** Length of the point at the end of every P-256 SubjectPublicKeyInfo. */
const pointLength = 65;

export function createPrivateKeyP256(): KeyObject {
	return generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
}

/** The uncompressed point of a P-256 key pair, given either half. */
export function publicPointOf(key: KeyObject): Uint8Array {
	const publicKey = key.type === "public" ? key : createPublicKey(key);
	const info = publicKey.export({ type: "spki", format: "der" });
	return Uint8Array.from(info.subarray(info.length - pointLength));
}

/** The uncompressed point of a private key given as 32 bytes. */
export function publicPointOfScalar(scalar: Uint8Array): Uint8Array {
	const exchange = createECDH("prime256v1");
	exchange.setPrivateKey(scalar);
	return Uint8Array.from(exchange.getPublicKey());
}

export function certificatePem(certificate: Uint8Array): string {
	const text = Buffer.from(certificate).toString("base64");
	const lines = text.match(new RegExp(".{1," + pemLineLength + "}", "g")) ?? [];
	return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

export function privateKeyPem(privateKey: KeyObject): string {
	return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** DER of the first certificate of a PEM text; `undefined` when it is none. */
export function certificateIn(pem: string | undefined): Uint8Array | undefined {
	try {
		return pem === undefined ? undefined : Uint8Array.from(new X509Certificate(pem).raw);
	} catch {
		return undefined;
	}
}

/** The credential of two PEM texts; `undefined` when the key is not the first certificate's. */
export function parseCredential(
	certificate: string,
	privateKey: string,
	passphrase?: string,
): Credential | undefined {
	try {
		const parsed = new X509Certificate(certificate);
		const key = createPrivateKey({ key: privateKey, ...(passphrase && { passphrase }) });
		return parsed.checkPrivateKey(key)
			? { certificate: Uint8Array.from(parsed.raw), privateKey: key }
			: undefined;
	} catch {
		return undefined; // Not PEM, or cut off: for the caller it is as if there were none.
	}
}
