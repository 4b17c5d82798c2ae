/**
 * The messages of the one handshake that this client knows: TLS 1.2 (RFC 5246) with
 * TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (RFC 5289), P-256 and SHA-256 throughout. What isn't just
 * that is refused: `BadReply` for another protocol, `HelloForged` for what only an attacker says.
 */

import { asciiBytes, concatenate, equal } from "../../../src/encoding/bytes.js";
import { ipv4Of } from "../../../src/encoding/ipv4.js";
import { publicKeyLength, uncompressedPoint } from "../../../src/protocol/key.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";
import { Fields } from "./fields.js";
import { version } from "./record.js";

export const MessageType = Object.freeze({
	ClientHello: 1,
	ServerHello: 2,
	Certificate: 11,
	ServerKeyExchange: 12,
	ServerHelloDone: 14,
	ClientKeyExchange: 16,
	Finished: 20,
} as const);

export const randomLength = 32;
const cipherSuite = 0xc02b;
/** Says that we never renegotiate: RFC 5746, section 3.3. */
const noRenegotiation = 0x00ff;
const noCompression = 0;
const namedCurve = 3;
const secp256r1 = 23;
const sha256 = 4;
const ecdsa = 3;

const Extension = Object.freeze({
	ServerName: 0,
	MaxFragmentLength: 1,
	SupportedGroups: 10,
	PointFormats: 11,
	SignatureAlgorithms: 13,
	Protocols: 16,
	RenegotiationInfo: 0xff01,
} as const);

/** RFC 6066, section 4: 2^11 bytes, what a chip has room for beside all else. */
const maxFragmentLength = 3;
/** The content of a record, in each direction, when the server takes that. */
export const fragmentMaximum = 2048;

/** A message as it goes on the wire and into the transcript. */
export function encodeMessage(type: number, body: Uint8Array): Uint8Array {
	return concatenate(Uint8Array.of(type), vector(3, body));
}

/** `name`: the host's, to which an IP address is no server name (RFC 6066, section 3). */
export function clientHello(random: Uint8Array, name: string, protocol: string): Uint8Array {
	const isAddress = ipv4Of(name) !== undefined;
	const serverName = vector(2, Uint8Array.of(0), vector(2, asciiBytes(name)));
	const body = concatenate(
		uint16(version),
		random,
		vector(1),
		vector(2, uint16(cipherSuite), uint16(noRenegotiation)),
		vector(1, Uint8Array.of(noCompression)),
		vector(
			2,
			isAddress ? new Uint8Array(0) : extension(Extension.ServerName, serverName),
			extension(Extension.MaxFragmentLength, Uint8Array.of(maxFragmentLength)),
			extension(Extension.SupportedGroups, vector(2, uint16(secp256r1))),
			extension(Extension.PointFormats, vector(1, Uint8Array.of(0))),
			extension(Extension.Protocols, vector(2, protocolName(protocol), protocolName("http/1.1"))),
			extension(Extension.SignatureAlgorithms, vector(2, Uint8Array.of(sha256, ecdsa))),
		),
	);
	return encodeMessage(MessageType.ClientHello, body);
}

function protocolName(name: string): Uint8Array {
	return vector(1, asciiBytes(name));
}

export interface ServerHello {
	readonly random: Uint8Array;
	/** Whether no record of the server's has more than `fragmentMaximum` bytes. */
	readonly isLimited: boolean;
}

export function readServerHello(body: Uint8Array): ServerHello {
	const fields = new Fields(body);
	fields.expect(2, version);
	const random = fields.bytes(randomLength);
	fields.vector(1); // A session's name, to resume it by: we never do.
	fields.expect(2, cipherSuite);
	fields.expect(1, noCompression);
	let isLimited = false;
	if (!fields.isAtEnd) {
		const extensions = new Fields(fields.vector(2));
		while (!extensions.isAtEnd) {
			const type = extensions.uint(2);
			const value = extensions.vector(2);
			if (!isAnswer(type, value)) throw new DmsError(DmsResult.BadReply);
			if (type === Extension.MaxFragmentLength) isLimited = true;
		}
	}
	fields.end();
	return { random, isLimited };
}

/** Whether it answers an extension of ours, in a way that we can keep to. */
function isAnswer(type: number, value: Uint8Array): boolean {
	switch (type) {
		case Extension.ServerName:
			return value.length === 0;
		case Extension.MaxFragmentLength:
			return equal(value, Uint8Array.of(maxFragmentLength));
		case Extension.PointFormats:
			return new Fields(value).vector(1).includes(0);
		case Extension.Protocols: // One of ours: it makes no difference which.
			return true;
		case Extension.RenegotiationInfo:
			return equal(value, Uint8Array.of(0));
		default:
			return false;
	}
}

/** The DER of each, the server's own first. */
export function readCertificates(body: Uint8Array): Uint8Array[] {
	const fields = new Fields(body);
	const list = new Fields(fields.vector(3));
	fields.end();
	const certificates: Uint8Array[] = [];
	while (!list.isAtEnd) certificates.push(list.vector(3));
	return certificates;
}

export interface ServerKeyExchange {
	/** What is signed, behind the two random texts. */
	readonly parameters: Uint8Array;
	/** A point, which may be none of the curve. */
	readonly publicKey: Uint8Array;
	/** DER. */
	readonly signature: Uint8Array;
}

/**
 * Another curve is another protocol. A signature by other algorithms than the two that we have
 * named, or by none, is somebody's who hasn't got the server's key.
 */
export function readServerKeyExchange(body: Uint8Array): ServerKeyExchange {
	const fields = new Fields(body);
	fields.expect(1, namedCurve);
	fields.expect(2, secp256r1);
	const publicKey = fields.vector(1);
	if (publicKey.length !== publicKeyLength || publicKey[0] !== uncompressedPoint) {
		throw new DmsError(DmsResult.BadReply);
	}
	const parameters = fields.passed;
	if (fields.uint(1) !== sha256 || fields.uint(1) !== ecdsa) {
		throw new DmsError(DmsResult.HelloForged);
	}
	const signature = fields.vector(2);
	fields.end();
	return { parameters, publicKey, signature };
}

export function clientKeyExchange(publicKey: Uint8Array): Uint8Array {
	return encodeMessage(MessageType.ClientKeyExchange, vector(1, publicKey));
}

function extension(type: number, value: Uint8Array): Uint8Array {
	return concatenate(uint16(type), vector(2, value));
}

/** The parts with their length in front, in so many bytes. */
function vector(lengthBytes: number, ...parts: readonly Uint8Array[]): Uint8Array {
	const content = concatenate(...parts);
	const length = new Uint8Array(lengthBytes);
	for (let index = 0; index < lengthBytes; index++) {
		length[index] = content.length >> (8 * (lengthBytes - 1 - index));
	}
	return concatenate(length, content);
}

function uint16(value: number): Uint8Array {
	return Uint8Array.of(value >> 8, value & 0xff);
}
