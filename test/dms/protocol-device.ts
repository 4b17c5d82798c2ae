/** A device as PROTOCOL.md describes it, with nothing but keys: it sends what a test says. */

import {
	createHash,
	createPrivateKey,
	ECDH,
	createECDH,
	type KeyObject,
	randomBytes,
	sign,
} from "node:crypto";
import { keyId, tokenPrivateKey } from "../../src/protocol/key.js";
import { encodeMap, type MessagePackMap } from "../../src/protocol/message-pack.js";
import { mediaType } from "../../src/protocol/messages.js";
import {
	contentDigest,
	deviceLabel,
	nextLabel,
	signatureBase,
	signatureInput,
	signatureMember,
	type SignedRequest,
	tokenLabel,
} from "../../src/protocol/signature.js";
import { parseToken } from "../../src/protocol/token.js";
import type { Clock } from "./clock.js";

export function sha256(bytes: Uint8Array): Uint8Array {
	return Uint8Array.from(createHash("sha256").update(bytes).digest());
}

export interface KeyPair {
	readonly privateKey: KeyObject;
	readonly publicKey: Uint8Array;
	readonly keyId: string;
}

export function createKeyPair(): KeyPair {
	const exchange = createECDH("prime256v1");
	exchange.generateKeys();
	return keyPairOf(exchange);
}

/** The key pair that a provisioning token's secret stands for. */
export function tokenKeyPair(text: string): KeyPair {
	const token = parseToken(text, { sha256 });
	if (token === undefined) throw new Error("not a provisioning token");
	const exchange = createECDH("prime256v1");
	exchange.setPrivateKey(tokenPrivateKey(token.secret, { sha256 }));
	return keyPairOf(exchange);
}

function keyPairOf(exchange: ECDH): KeyPair {
	const publicKey = Uint8Array.from(exchange.getPublicKey());
	const url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
	const privateKey = createPrivateKey({
		format: "jwk",
		key: {
			kty: "EC",
			crv: "P-256",
			d: url(exchange.getPrivateKey()),
			x: url(publicKey.subarray(1, 33)),
			y: url(publicKey.subarray(33)),
		},
	});
	return { privateKey, publicKey, keyId: keyId(publicKey, { sha256 }) };
}

export function createNonce(): string {
	return randomBytes(16).toString("base64url");
}

/** The 64 bytes of a signature over some text. */
export function signText(text: string, key: KeyPair): Uint8Array {
	const options = { key: key.privateKey, dsaEncoding: "ieee-p1363" } as const;
	return Uint8Array.from(sign("sha256", Buffer.from(text, "latin1"), options));
}

export interface Parts {
	readonly method: string;
	readonly path: string;
	readonly query?: string;
	readonly body?: MessagePackMap | Uint8Array;
	/** What is signed as `nonce` and `created`, when not new and now. */
	readonly nonce?: string;
	readonly created?: number;
}

export interface Signer {
	readonly label: string;
	readonly key: KeyPair;
}

/** A request before it becomes one: a test may change any of it after it was signed. */
export interface Draft {
	method: string;
	url: string;
	headers: Record<string, string>;
	body?: Uint8Array<ArrayBuffer>;
}

export const origin = "https://dms.example.com:8443";

/** A request signed by our own `src/protocol/signature.ts`. */
export function draftOf(parts: Parts, signers: readonly Signer[], clock: Clock): Draft {
	const { method, path, query } = parts;
	const body = bytesOf(parts.body);
	const digest = body && contentDigest(sha256(body));
	const signed: SignedRequest = {
		method,
		path,
		...(query !== undefined && { query }),
		...(digest !== undefined && { contentDigest: digest }),
	};
	const inputs: string[] = [];
	const signatures: string[] = [];
	for (const { label, key } of signers) {
		const { nonce = createNonce(), created = clock.seconds() } = parts;
		const input = signatureInput(signed, { created, nonce, keyId: key.keyId });
		inputs.push(label + "=" + input);
		signatures.push(signatureMember(label, signText(signatureBase(signed, input), key)));
	}
	return {
		method,
		url: origin + path + (query ?? ""),
		headers: {
			"signature-input": inputs.join(", "),
			signature: signatures.join(", "),
			...(body && digest && bodyHeaders(body, digest)),
		},
		...(body && { body }),
	};
}

function bytesOf(body: Parts["body"]): Uint8Array<ArrayBuffer> | undefined {
	if (body === undefined) return undefined;
	return Uint8Array.from(body instanceof Uint8Array ? body : encodeMap(body));
}

function bodyHeaders(body: Uint8Array, digest: string): Record<string, string> {
	return {
		"content-type": mediaType,
		"content-length": String(body.length),
		"content-digest": digest,
	};
}

export function requestOf(draft: Draft): Request {
	const { method, url, headers, body } = draft;
	return new Request(url, { method, headers, ...(body && { body }) });
}

export interface Facts {
	readonly hardware: string;
	readonly platform: string;
	readonly version: string;
	readonly uuid?: string;
}

export const facts: Facts = Object.freeze({
	hardware: "a4cf12345678",
	platform: "esp32",
	version: "1.0.0.0",
});

/** Drafts of a device's requests. */
export interface ProtocolDevice {
	readonly key: KeyPair;
	provision(token: string, parts?: Partial<Parts>, changed?: Partial<Facts>): Draft;
	acknowledge(parts?: Partial<Parts>): Draft;
	/** The acknowledgement of a device that was answered `device-unknown`. */
	present(certificate: Uint8Array, parts?: Partial<Parts>): Draft;
	claim(token: string, parts?: Partial<Parts>): Draft;
	release(parts?: Partial<Parts>): Draft;
	activate(product: string, parts?: Partial<Parts>): Draft;
	/** Both keys sign; `by` in place of the next one. */
	renew(next: KeyPair, authority: Uint8Array, parts?: Partial<Parts>, by?: KeyPair): Draft;
}

export function createDevice(clock: Clock, key = createKeyPair()): ProtocolDevice {
	const signer = { label: deviceLabel, key };
	const draft = (parts: Parts) => draftOf(parts, [signer], clock);
	return {
		key,
		provision(token, parts, changed) {
			const body = { key: key.publicKey, ...facts, ...changed };
			const tokenSigner = { label: tokenLabel, key: tokenKeyPair(token) };
			const all: Parts = { method: "POST", path: "/provision", body, ...parts };
			return draftOf(all, [signer, tokenSigner], clock);
		},
		acknowledge: (parts) => draft({ method: "PUT", path: "/provision", ...parts }),
		present(certificate, parts) {
			const body = { certificate, ...facts };
			return draft({ method: "PUT", path: "/provision", body, ...parts });
		},
		claim: (token, parts) => draft({ method: "POST", path: "/claim", body: { token }, ...parts }),
		release: (parts) => draft({ method: "DELETE", path: "/claim", ...parts }),
		renew(next, authority, parts, by = next) {
			const body = { key: next.publicKey, authority };
			const all: Parts = { method: "POST", path: "/renewal", body, ...parts };
			return draftOf(all, [signer, { label: nextLabel, key: by }], clock);
		},
		activate: (product, parts) =>
			draft({ method: "POST", path: "/activate", body: { product }, ...parts }),
	};
}
