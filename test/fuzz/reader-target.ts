/** What of the service reads text and bytes from outside, as targets that need no service. */

import { authorityOf } from "../../hosts/dms/authority/authority.js";
import { createPrivateKeyP256 } from "../../hosts/dms/authority/credential.js";
import { readDeviceCertificate } from "../../hosts/dms/authority/device-certificate.js";
import { parseRange } from "../../hosts/dms/endpoint/range.js";
import { decodeBundle } from "../../hosts/dms/publisher/bundle.js";
import { readKeyStatement, readStatement } from "../../hosts/dms/publisher/statements.js";
import type { SignedMessage } from "../../hosts/dms/signature/message.js";
import { parseSignatureInput } from "../../hosts/dms/signature/signature-input.js";
import { verifySignature } from "../../hosts/dms/signature/verification.js";
import { digestOfClaimToken } from "../../hosts/dms/token/claim-token.js";
import { readCorpus } from "./corpus.js";
import type { Target } from "./fuzzer.js";
import { keys, time } from "./keys.js";

/** Takes an input and says what became of it; throws when a promise is broken. */
type Read = (input: Uint8Array) => string;

const readers: { readonly [name: string]: () => Read } = Object.freeze({
	"signature-fields": () => readSignatureFields,
	"device-certificate": openDeviceCertificates,
	"claim-token": () => readClaimToken,
	"byte-range": () => readByteRange,
	"publisher-file": openPublisherFiles,
});

export const readerTargetNames: readonly string[] = Object.keys(readers);

export function openReaderTarget(name: string): Target {
	const open = readers[name];
	if (open === undefined) throw new Error("there is no reader " + name);
	return { name, corpus: readCorpus(name), lengthMaximum: 2048, execute: open() };
}

function requireThat(condition: boolean, promise: string): void {
	if (!condition) throw new Error("not so: " + promise);
}

/** The two fields of an unsigned request's head, a line each. */
function readSignatureFields(input: Uint8Array): string {
	const [inputs = "", signatures = ""] = Buffer.from(input).toString("latin1").split("\n");
	let fields: Headers;
	try {
		fields = new Headers({ "signature-input": inputs, signature: signatures });
	} catch {
		return "no field";
	}
	const read = parseSignatureInput(fields, "device");
	if (read === undefined) return "nothing";
	const { created, expires, nonce, keyId, components, parameters } = read;
	requireThat(Number.isInteger(created) && Number.isInteger(expires ?? 0), "times are whole");
	requireThat(/^[\w-]{22}$/.test(nonce) && /^[0-9a-f]{64}$/.test(keyId), "names are names");
	requireThat(new Set(components).size === components.length, "a component comes once");
	const again = parseSignatureInput(
		new Headers({ "signature-input": "device=" + parameters, signature: signatures }),
		"device",
	);
	requireThat(again?.parameters === parameters, "what is read says the same when read again");
	const message: SignedMessage = {
		...{ method: "PUT", scheme: "https", host: "dms.example.com:8443" },
		...{ target: "/provision", path: "/provision", fields, body: new Uint8Array() },
	};
	const verdict = verifySignature(message, read, keys.device(), time);
	requireThat(verdict !== "valid" || parameters === keys.parameters, "only what was signed holds");
	return [verdict, components.length, expires !== undefined, created === time].join();
}

function openDeviceCertificates(): Read {
	const authority = authorityOf({
		certificate: keys.authority(),
		privateKey: createPrivateKeyP256(),
	});
	const [right = new Uint8Array()] = readCorpus("device-certificate");
	return (input) => {
		const identity = readDeviceCertificate(input, authority, time);
		if (identity === undefined) return "none, " + Math.min(input.length >> 5, 20);
		requireThat(Buffer.from(right).equals(input), "only the certificate that was issued is one");
		return "a device's";
	};
}

/** However it is typed, a token has one digest; and nothing else has one. */
function readClaimToken(input: Uint8Array): string {
	const text = Buffer.from(input).toString("utf8");
	const digest = digestOfClaimToken(text);
	const letters = text.replaceAll("-", "");
	if (digest === undefined) return "none, of " + Math.min(letters.length, 30);
	requireThat(/^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{20}$/.test(letters), "20 letters of 32");
	requireThat(digestOfClaimToken(letters.toLowerCase()) === digest, "hyphens and case are nothing");
	return "token, of " + (text.length - letters.length) + " hyphens";
}

function readByteRange(input: Uint8Array): string {
	const length = (input[0] ?? 0) + 1;
	const range = parseRange(Buffer.from(input.subarray(1)).toString("latin1"), length);
	if (range === undefined || range === "unsatisfiable") return String(range);
	const { start, end } = range;
	requireThat(Number.isInteger(start) && start >= 0 && start < end && end <= length, "within");
	return [start === 0, end === length].join();
}

/** What an operator hands to the service: a key statement, a statement, a bundle. */
function openPublisherFiles(): Read {
	const [, statement = new Uint8Array()] = readCorpus("publisher-file");
	const contentOf = (bytes: Uint8Array, key: Uint8Array): string | undefined =>
		JSON.stringify(readStatement(bytes, key));
	const content = contentOf(statement, keys.product());
	return (input) => {
		const stated = readKeyStatement(input);
		const isOurs = stated && contentOf(statement, stated.key) === content;
		const bundle = decodeBundle(input);
		const read = contentOf(bundle?.statement ?? input, keys.product());
		requireThat(read === undefined || read === content, "nothing but what was signed");
		return [stated !== undefined, isOurs, bundle !== undefined, read !== undefined].join();
	};
}
