/** The `signature-input` and `signature` fields of a request, read strictly: RFC 9421 section 4. */

import { isInnerList, parseDictionary, serializeInnerList } from "structured-headers";
import type { Fields } from "../endpoint/incoming.js";
import { deviceLabel, nonceLength, signatureAlgorithm } from "../../../src/protocol/signature.js";
import { readPlainInput } from "./plain-fields.js";

export interface SignatureInput {
	/** Seconds since 1970. */
	readonly created: number;
	/** Seconds since 1970; from then on the signature is no longer meant. */
	readonly expires?: number | undefined;
	readonly nonce: string;
	readonly keyId: string;
	/** Names of the components covered. */
	readonly components: readonly string[];
	/** The value of `@signature-params`. */
	readonly parameters: string;
	/** The signature's bytes, of whatever length was sent. */
	readonly signature: Uint8Array;
}

const noncePattern = new RegExp("^[A-Za-z0-9_-]{" + nonceLength + "}$");
const keyIdPattern = /^[0-9a-f]{64}$/;

/** What the fields say under `label`; `undefined` when they say nothing that can be taken. */
export function parseSignatureInput(fields: Fields, label: string): SignatureInput | undefined {
	const inputs = fields.get("signature-input");
	const signatures = fields.get("signature");
	if (inputs === null || signatures === null) return undefined;
	const plain = label === deviceLabel ? readPlainInput(inputs, signatures) : undefined;
	return plain ?? parseDictionaries(inputs, signatures, label);
}

/** The same by a parser of RFC 8941, for whatever form they have. */
export function parseDictionaries(
	inputs: string,
	signatures: string,
	label: string,
): SignatureInput | undefined {
	try {
		const input = parseDictionary(inputs).get(label);
		if (hasDecimal(inputs)) return undefined;
		const signature = parseDictionary(signatures).get(label)?.[0];
		if (input === undefined || !isInnerList(input)) return undefined;
		if (!(signature instanceof ArrayBuffer)) return undefined;
		const [items, parameters] = input;
		const components = componentsOf(items);
		const values = parametersOf(parameters);
		if (components === undefined || values === undefined) return undefined;
		return {
			...values,
			components,
			parameters: serializeInnerList(input),
			signature: new Uint8Array(signature),
		};
	} catch {
		return undefined; // Not a dictionary of RFC 8941.
	}
}

type Items = readonly (readonly [value: unknown, parameters: ReadonlyMap<string, unknown>])[];

/** Each component once, and none with parameters: no request of ours needs one. */
function componentsOf(items: Items): string[] | undefined {
	const names = new Set<string>();
	for (const [value, parameters] of items) {
		if (typeof value !== "string" || parameters.size > 0 || names.has(value)) return undefined;
		names.add(value);
	}
	return [...names];
}

function parametersOf(
	parameters: ReadonlyMap<string, unknown>,
): Pick<SignatureInput, "created" | "expires" | "nonce" | "keyId"> | undefined {
	const created = parameters.get("created");
	const expires = parameters.get("expires");
	const nonce = parameters.get("nonce");
	const keyId = parameters.get("keyid");
	const algorithm = parameters.get("alg") ?? signatureAlgorithm;
	if (typeof created !== "number" || algorithm !== signatureAlgorithm) return undefined;
	if (expires !== undefined && typeof expires !== "number") return undefined;
	if (typeof nonce !== "string" || !noncePattern.test(nonce)) return undefined;
	if (typeof keyId !== "string" || !keyIdPattern.test(keyId)) return undefined;
	return { created, expires, nonce, keyId };
}

/**
 * The parser makes 1 of both `1` and `1.0`, and what was signed is the text. No parameter of
 * RFC 9421 is a decimal, so a field with one is refused. Only for a dictionary: in other text, with
 * a string that never ends, the search would take a time that grows with the square of its length.
 */
function hasDecimal(field: string): boolean {
	const withoutStrings = field.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
	return /=-?\d+\.\d/.test(withoutStrings);
}
