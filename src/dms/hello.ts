/** The first question of a boot: whose service is this, and what time is it? */

import { othersTurn } from "../background.js";
import { equal, toBase64Url } from "../encoding/bytes.js";
import type { Host, System } from "../host.js";
import { fetchReply, type Reply } from "../network/http.js";
import { isSignature } from "../protocol/key.js";
import {
	authorityName,
	decodeHello,
	decodeHelloReply,
	helloSigned,
	path,
	replyLengthMaximum,
} from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { Address } from "../protocol/token.js";
import { isIssuedBy, isValidAt, parseCertificate } from "./certificate.js";

/** How far the service's clock may be behind the last time we stored, in seconds. */
const clockToleranceSeconds = 300;
const nonceBytes = 16;

/** What a device knows of its service before it asks. */
export interface Expectation {
	/** SHA-256 of the CA's DER. */
	readonly fingerprint: Uint8Array;
	/** The DER itself, as far as it is known. */
	readonly authority: Uint8Array | undefined;
	/** The latest time that is known for certain, in seconds since 1970. */
	readonly time: number;
}

/** What the service has proved to be true. */
export interface Greeting {
	/** DER of the service's CA. */
	readonly authority: Uint8Array;
	/** The key that signs its answers: that of its certificate. */
	readonly key: Uint8Array;
	/** Seconds since 1970. */
	readonly time: number;
}

/**
 * Asks, checks, sets the clock. Resolves with what is worth keeping. `bodyOf` takes the body out of
 * a reply, or throws what the reply says instead.
 */
export async function sayHello(
	host: Host,
	address: Address,
	expectation: Expectation,
	bodyOf: (reply: Reply) => Uint8Array,
): Promise<Greeting> {
	const nonce = toBase64Url(host.crypto.random(nonceBytes));
	const reply = await fetchReply(host, {
		...address,
		method: "GET",
		target: path.hello + "?nonce=" + nonce + "&authority=" + authorityName(expectation.fingerprint),
		headers: [],
		replyLengthMaximum,
	});
	const greeting = await checkHello(host, bodyOf(reply), nonce, address, expectation);
	host.clock.set(greeting.time * 1000);
	return greeting;
}

/** When the firmware was built, in seconds since 1970: no service's clock is before that. */
export function builtSeconds({ built }: Pick<System, "built">): number {
	return Math.floor(Date.parse(built) / 1000) || 0;
}

async function checkHello(
	host: Host,
	bytes: Uint8Array,
	nonce: string,
	address: Address,
	expectation: Expectation,
): Promise<Greeting> {
	const { crypto } = host;
	const reply = decodeHelloReply(bytes);
	const hello = reply && decodeHello(reply.body);
	if (!reply || !hello) throw new DmsError(DmsResult.BadReply);
	// First of all: what is signed takes memory of its own for as long as its digest takes.
	const digest = crypto.sha256(helloSigned(reply.body));
	if (!equal(crypto.sha256(hello.authority), expectation.fingerprint)) {
		throw new DmsError(DmsResult.WrongAuthority);
	}
	const authority = parseCertificate(hello.authority);
	const certificate = parseCertificate(hello.certificate);
	if (!authority || !certificate) throw new DmsError(DmsResult.BadReply);
	// A device's own certificate is by the same CA: it must not pass for the service's.
	if (!certificate.isServer || !isIssuedBy(certificate, authority, crypto)) {
		throw new DmsError(DmsResult.HelloForged);
	}
	await othersTurn(host);
	const isSigned =
		isSignature(reply.signature) && crypto.verify(certificate.publicKey, digest, reply.signature);
	if (!isSigned || hello.nonce !== nonce) throw new DmsError(DmsResult.HelloForged);
	if (hello.time < expectation.time - clockToleranceSeconds) {
		throw new DmsError(DmsResult.ClockBehind);
	}
	if (!isValidAt(certificate, hello.time) || !isValidAt(authority, hello.time)) {
		throw new DmsError(DmsResult.CertificateExpired);
	}
	if (!certificate.names.includes(address.host)) throw new DmsError(DmsResult.NameMismatch);
	// What is kept must not keep the whole answer in memory, nor what is known already twice.
	return {
		authority: expectation.authority ?? hello.authority.slice(),
		key: certificate.publicKey.slice(),
		time: Math.max(hello.time, expectation.time),
	};
}
