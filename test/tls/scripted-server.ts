/**
 * The server's side of the one handshake that our TLS client knows, which departs from it wherever
 * a play says so: what nobody gets out of a library that keeps to the rules.
 */

import { createECDH, type KeyObject, randomBytes, sign } from "node:crypto";
import { Protection, RecordReader } from "../../hosts/moddable/tls/record.js";
import { pseudorandom } from "../../hosts/moddable/tls/prf.js";
import { nodeCiphers, nodeCrypto } from "./node-crypto.js";

export interface Play {
	/** DER, the server's own first. */
	readonly certificates: readonly Uint8Array[];
	/** Signs the key exchange. */
	readonly key: KeyObject;
	/** Of the hello, and of each record. */
	readonly version?: number;
	readonly suite?: number;
	/** Extensions of the hello, encoded. */
	readonly extensions?: Uint8Array;
	/** What the key exchange says of hash and signature: 4 and 3 are SHA-256 and ECDSA. */
	readonly algorithms?: readonly [hash: number, signature: number];
	/** In place of the signature over the key exchange. */
	readonly signature?: Uint8Array;
	/** In place of a point of the curve; signed all the same. */
	readonly point?: Uint8Array;
	/** Messages to leave out, by their types. */
	readonly leaveOut?: readonly number[];
	/** Bytes in front of the first flight, and in front of the second. */
	readonly before?: { readonly hello?: Uint8Array; readonly finished?: Uint8Array };
	/** Bytes in place of the whole first flight. */
	readonly instead?: Uint8Array;
	/** The last message is another than the handshake's. */
	readonly wrongFinished?: boolean;
	/** What it says to a request. */
	readonly reply?: Uint8Array;
	/** Bytes of content in each record, as far as the content goes (default: 2,048). */
	readonly fragmentLength?: number;
}

const crypto = nodeCrypto();
const suiteOfOurs = 0xc02b;

export class ScriptedServer {
	readonly #play: Play;
	readonly #reader = new RecordReader();
	readonly #ecdh = createECDH("prime256v1");
	readonly #random = randomBytes(32);
	#clientRandom = Buffer.alloc(0);
	#masterSecret: Uint8Array = new Uint8Array(0);
	#transcript: Buffer[] = [];
	#incoming: Protection | undefined;
	#outgoing: Protection | undefined;
	#isOver = false;
	/** All that came as the program's bytes, sealed or in the clear. */
	heard = "";

	constructor(play: Play) {
		this.#play = play;
		this.#ecdh.generateKeys();
	}

	/** What it says to what it hears. */
	receive(bytes: Uint8Array): Uint8Array {
		const said: Uint8Array[] = [];
		for (let rest = bytes; rest.length > 0;) {
			const count = Math.min(this.#reader.wanted, rest.length);
			const record = this.#reader.take(rest.subarray(0, count), 2 ** 14 + 100);
			rest = rest.subarray(count);
			if (record === undefined) continue;
			const content = Buffer.from(this.#incoming?.open(record) ?? record.fragment);
			if (record.type === 22) said.push(this.#message(content));
			if (record.type === 20) this.#incoming = this.#protections()[0];
			if (record.type === 23) {
				this.heard += content.toString("latin1");
				said.push(this.#answer());
			}
		}
		return Buffer.concat(said);
	}

	#message(message: Buffer): Buffer {
		if (message[0] === 1) {
			this.#clientRandom = Buffer.from(message.subarray(6, 38));
			this.#transcript.push(message);
			return this.#firstFlight();
		}
		if (message[0] === 16) {
			const randoms = Buffer.concat([this.#clientRandom, this.#random]);
			const shared = this.#ecdh.computeSecret(message.subarray(5));
			this.#masterSecret = pseudorandom(crypto, shared, "master secret", randoms, 48);
			this.#transcript.push(message);
			return Buffer.alloc(0);
		}
		this.#transcript.push(message);
		return this.#lastFlight();
	}

	#firstFlight(): Buffer {
		const { before, instead } = this.#play;
		const flight = [this.#hello(), this.#certificate(), this.#keyExchange(), message(14)];
		const left = flight.filter((one) => !this.#play.leaveOut?.includes(one[0] ?? 0));
		this.#transcript.push(...left);
		return Buffer.concat([
			before?.hello ?? Buffer.alloc(0),
			instead ?? this.#records(22, Buffer.concat(left)),
		]);
	}

	#hello(): Buffer {
		const { version = 0x0303, suite = suiteOfOurs, extensions = Buffer.alloc(0) } = this.#play;
		const tail = extensions.length > 0 ? [vector(2, extensions)] : [];
		const head = [number(2, version), this.#random, number(1, 0), number(2, suite), number(1, 0)];
		return message(2, ...head, ...tail);
	}

	#certificate(): Buffer {
		const list = this.#play.certificates.map((certificate) => vector(3, certificate));
		return message(11, vector(3, ...list));
	}

	#keyExchange(): Buffer {
		const { key, point = this.#ecdh.getPublicKey(), algorithms = [4, 3] } = this.#play;
		const parameters = Buffer.concat([number(1, 3), number(2, 23), vector(1, point)]);
		const signed = Buffer.concat([this.#clientRandom, this.#random, parameters]);
		const signature = this.#play.signature ?? sign("sha256", signed, key);
		return message(12, parameters, Buffer.from(algorithms), vector(2, signature));
	}

	#lastFlight(): Buffer {
		const digest = crypto.digest();
		for (const one of this.#transcript) digest.write(one);
		const transcript = digest.close();
		const label = "server finished";
		const data = Buffer.from(pseudorandom(crypto, this.#masterSecret, label, transcript, 12));
		if (this.#play.wrongFinished === true) data.reverse();
		const change = this.#records(20, number(1, 1));
		this.#outgoing = this.#protections()[1];
		this.#isOver = true;
		const before = this.#play.before?.finished ?? Buffer.alloc(0);
		return Buffer.concat([before, change, this.#records(22, message(20, data))]);
	}

	#answer(): Buffer {
		if (!this.#isOver || !this.heard.includes("\r\n\r\n")) return Buffer.alloc(0);
		return this.#records(23, this.#play.reply ?? Buffer.alloc(0));
	}

	/** The client's keys, and the server's. */
	#protections(): [client: Protection, server: Protection] {
		const seed = Buffer.concat([this.#random, this.#clientRandom]);
		const keys = pseudorandom(crypto, this.#masterSecret, "key expansion", seed, 40);
		return [
			new Protection(nodeCiphers.aes128Gcm(keys.subarray(0, 16)), keys.subarray(32, 36)),
			new Protection(nodeCiphers.aes128Gcm(keys.subarray(16, 32)), keys.subarray(36)),
		];
	}

	#records(type: number, content: Uint8Array): Buffer {
		const { version = 0x0303, fragmentLength = 2048 } = this.#play;
		const records: Buffer[] = [];
		for (let offset = 0; offset < content.length; offset += fragmentLength) {
			const part = content.subarray(offset, offset + fragmentLength);
			records.push(record(type, this.#outgoing?.seal(type, part) ?? part, version));
		}
		return Buffer.concat(records);
	}
}

/** A record in the clear, or one that is sealed already. */
export function record(type: number, fragment: Uint8Array, version = 0x0303): Buffer {
	return Buffer.concat([number(1, type), number(2, version), vector(2, fragment)]);
}

/** A message of a handshake. */
export function message(type: number, ...parts: readonly Uint8Array[]): Buffer {
	return Buffer.concat([number(1, type), vector(3, ...parts)]);
}

function vector(lengthBytes: number, ...parts: readonly Uint8Array[]): Buffer {
	const content = Buffer.concat(parts);
	return Buffer.concat([number(lengthBytes, content.length), content]);
}

function number(byteLength: number, value: number): Buffer {
	const bytes = Buffer.alloc(byteLength);
	bytes.writeUIntBE(value, 0, byteLength);
	return bytes;
}
