/** TLS's record layer: RFC 5246, section 6, and RFC 5288 for its protection with AES-GCM. */

import { byteAt, concatenate } from "../../../src/encoding/bytes.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";
import type { Aead } from "./ciphers.js";

export const ContentType = Object.freeze({
	ChangeCipherSpec: 20,
	Alert: 21,
	Handshake: 22,
	ApplicationData: 23,
} as const);

/** TLS 1.2. */
export const version = 0x0303;

const headerLength = 5;
const explicitNonceLength = 8;
const tagLength = 16;
/** Bytes of a record that are not its content. */
export const recordOverhead = headerLength + explicitNonceLength + tagLength;

export interface TlsRecord {
	readonly type: number;
	readonly fragment: Uint8Array;
}

/** A record on the wire; `fragment` is sealed already, or in the clear. */
export function encodeRecord(type: number, fragment: Uint8Array): Uint8Array {
	const { length } = fragment;
	const header = Uint8Array.of(type, version >> 8, version & 0xff, length >> 8, length & 0xff);
	return concatenate(header, fragment);
}

/** Puts records together of a stream that comes in parts. */
export class RecordReader {
	private header = new Uint8Array(headerLength);
	private fragment: Uint8Array | undefined;
	private filled = 0;

	/** How many bytes are missing until something can be done with them: never 0. */
	get wanted(): number {
		return (this.fragment ?? this.header).length - this.filled;
	}

	/** Takes at most `wanted` bytes; returns the record that they end. Throws `BadReply`. */
	take(bytes: Uint8Array, fragmentMaximum: number): TlsRecord | undefined {
		const target = this.fragment ?? this.header;
		target.set(bytes, this.filled);
		this.filled += bytes.length;
		if (this.filled < target.length) return undefined;
		this.filled = 0;
		if (this.fragment === undefined) {
			this.fragment = new Uint8Array(fragmentLength(this.header, fragmentMaximum));
			return undefined;
		}
		this.fragment = undefined;
		return { type: byteAt(this.header, 0), fragment: target };
	}
}

/** A length of 0 is refused: in TLS 1.2 with AES-GCM no record is empty. */
function fragmentLength(header: Uint8Array, maximum: number): number {
	const length = (byteAt(header, 3) << 8) | byteAt(header, 4);
	const hasVersion = ((byteAt(header, 1) << 8) | byteAt(header, 2)) === version;
	if (!hasVersion || length === 0 || length > maximum) throw new DmsError(DmsResult.BadReply);
	return length;
}

/** One direction of a connection, once its keys are in use. */
export class Protection {
	private readonly aead: Aead;
	private readonly salt: Uint8Array;
	private sequence = 0;

	/** `salt`: the 4 bytes of each nonce that are not on the wire. */
	constructor(aead: Aead, salt: Uint8Array) {
		this.aead = aead;
		this.salt = salt;
	}

	/** The fragment of a record with this content. */
	seal(type: number, content: Uint8Array): Uint8Array {
		const sequence = this.next();
		const nonce = concatenate(this.salt, sequence);
		const sealed = this.aead.seal(nonce, additional(sequence, type, content.length), content);
		return concatenate(sequence, sealed);
	}

	/** The content of a record. Throws `HelloForged` when it isn't the peer's next one. */
	open({ type, fragment }: TlsRecord): Uint8Array {
		const sequence = this.next();
		const length = fragment.length - explicitNonceLength - tagLength;
		if (length < 0) throw new DmsError(DmsResult.HelloForged);
		const nonce = concatenate(this.salt, fragment.subarray(0, explicitNonceLength));
		const sealed = fragment.subarray(explicitNonceLength);
		const content = this.aead.open(nonce, additional(sequence, type, length), sealed);
		if (content === undefined) throw new DmsError(DmsResult.HelloForged);
		return content;
	}

	/** 8 bytes. No connection of a device comes near 2^32 records. */
	private next(): Uint8Array {
		const bytes = new Uint8Array(8);
		new DataView(bytes.buffer).setUint32(4, this.sequence++);
		return bytes;
	}
}

function additional(sequence: Uint8Array, type: number, length: number): Uint8Array {
	const rest = [type, version >> 8, version & 0xff, length >> 8, length & 0xff];
	return concatenate(sequence, Uint8Array.from(rest));
}
