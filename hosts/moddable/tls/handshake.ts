/**
 * The client's side of a handshake, without a network: messages in, messages out. Each message has
 * its one place in the order; what comes anywhere else ends the connection.
 */

import { signatureOf } from "../../../src/dms/certificate.js";
import { byteAt, concatenate, equal } from "../../../src/encoding/bytes.js";
import type { Clock, Crypto } from "../../../src/host.js";
import { isSignature, newPrivateKey } from "../../../src/protocol/key.js";
import { authorityProtocol } from "../../../src/protocol/messages.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";
import { checkChain } from "./chain.js";
import type { Ciphers } from "./ciphers.js";
import {
	clientHello,
	clientKeyExchange,
	encodeMessage,
	MessageType,
	randomLength,
	readCertificates,
	readServerHello,
	readServerKeyExchange,
	type ServerKeyExchange,
} from "./messages.js";
import { pseudorandom } from "./prf.js";
import { Protection } from "./record.js";

/** What a connection is made with. */
export interface TlsOptions {
	/** DER of the only CA to trust. */
	readonly authority: Uint8Array;
	/** Whom the server's certificate must name. */
	readonly name: string;
	readonly crypto: Crypto;
	readonly ciphers: Ciphers;
	readonly clock: Clock;
}

const messageHeaderLength = 4;
const masterSecretLength = 48;
const verifyDataLength = 12;
const keyLength = 16;
const saltLength = 4;
/** Of all messages together: a chain of two certificates of up to 2 KB each, and the rest. */
const transcriptMaximum = 6 * 1024;

/** What the server says next: a message's type, or one of these, which are none. */
const Step = Object.freeze({ ChangeCipherSpec: 256, Over: 257 } as const);

export class Handshake {
	private readonly options: TlsOptions;
	private readonly clientRandom: Uint8Array;
	private serverRandom: Uint8Array = new Uint8Array(0);
	private serverKey: Uint8Array = new Uint8Array(0);
	private exchange: ServerKeyExchange | undefined;
	private step: number = MessageType.ServerHello;
	/** Each message, whole. */
	private transcript: Uint8Array[] = [];
	private transcriptLength = 0;
	private masterSecret: Uint8Array = new Uint8Array(0);
	/** The start of a message whose end has not come yet. */
	private rest = new Uint8Array(0);
	private incoming: Protection | undefined;
	/** Whether the server keeps its records short. */
	isLimited = false;

	constructor(options: TlsOptions) {
		this.options = options;
		this.clientRandom = options.crypto.random(randomLength);
	}

	get isOver(): boolean {
		return this.step === Step.Over;
	}

	/** The first message. */
	hello(): Uint8Array {
		const { authority, crypto, name } = this.options;
		const protocol = authorityProtocol(crypto.sha256(authority));
		return this.said(clientHello(this.clientRandom, name, protocol));
	}

	/** The server's keys are in use from here on: no message may lie across. */
	changeCipherSpec(): Protection {
		const protection = this.incoming;
		if (this.step !== Step.ChangeCipherSpec || this.rest.length > 0 || protection === undefined) {
			throw new DmsError(DmsResult.HelloForged);
		}
		this.step = MessageType.Finished;
		return protection;
	}

	/**
	 * The contents of a record, which is messages or parts of some. Calls `reply` when it is our
	 * turn, with the message in the clear, the keys to use from then on, and what goes out by them.
	 */
	receive(
		content: Uint8Array,
		reply: (clear: Uint8Array, outgoing: Protection, sealed: Uint8Array) => void,
	): void {
		let rest = concatenate(this.rest, content);
		while (rest.length >= messageHeaderLength) {
			const bodyLength = (byteAt(rest, 1) << 16) | (byteAt(rest, 2) << 8) | byteAt(rest, 3);
			const length = messageHeaderLength + bodyLength;
			if (this.transcriptLength + length > transcriptMaximum) {
				throw new DmsError(DmsResult.BadReply);
			}
			if (rest.length < length) break;
			this.take(rest.slice(0, length), reply);
			rest = rest.subarray(length);
		}
		this.rest = rest.slice();
	}

	private take(
		message: Uint8Array,
		reply: (clear: Uint8Array, outgoing: Protection, sealed: Uint8Array) => void,
	): void {
		const body = message.subarray(messageHeaderLength);
		if (byteAt(message, 0) !== this.step) throw new DmsError(DmsResult.HelloForged);
		switch (this.step) {
			case MessageType.ServerHello: {
				const { random, isLimited } = readServerHello(body);
				this.serverRandom = random;
				this.isLimited = isLimited;
				this.step = MessageType.Certificate;
				break;
			}
			case MessageType.Certificate: {
				const { authority, name, clock, crypto } = this.options;
				const trust = { authority, name: name.toLowerCase(), time: clock.now() / 1000 };
				this.serverKey = checkChain(readCertificates(body), trust, crypto).slice();
				this.step = MessageType.ServerKeyExchange;
				break;
			}
			case MessageType.ServerKeyExchange:
				this.exchange = readServerKeyExchange(body);
				this.checkSignature(this.exchange);
				this.step = MessageType.ServerHelloDone;
				break;
			case MessageType.ServerHelloDone:
				if (body.length > 0) throw new DmsError(DmsResult.BadReply);
				this.said(message);
				this.answer(reply);
				this.step = Step.ChangeCipherSpec;
				return;
			default:
				if (!equal(body, this.verifyData("server finished"))) {
					throw new DmsError(DmsResult.HelloForged);
				}
				this.step = Step.Over;
				this.transcript = [];
				return;
		}
		this.said(message);
	}

	/** That the server's key has made this exchange, for this connection. */
	private checkSignature({ parameters, signature }: ServerKeyExchange): void {
		const { crypto } = this.options;
		const signed = concatenate(this.clientRandom, this.serverRandom, parameters);
		const numbers = signatureOf(signature);
		const isGood =
			numbers !== undefined &&
			isSignature(numbers) &&
			crypto.verify(this.serverKey, crypto.sha256(signed), numbers);
		if (!isGood) throw new DmsError(DmsResult.HelloForged);
	}

	private answer(
		reply: (clear: Uint8Array, outgoing: Protection, sealed: Uint8Array) => void,
	): void {
		const { crypto, ciphers } = this.options;
		const privateKey = newPrivateKey(crypto);
		const serverPoint = this.exchange?.publicKey ?? new Uint8Array(0);
		const shared = ciphers.sharedSecret(privateKey, serverPoint);
		if (shared === undefined) throw new DmsError(DmsResult.HelloForged);
		const clear = this.said(clientKeyExchange(crypto.publicKey(privateKey)));
		const randoms = concatenate(this.clientRandom, this.serverRandom);
		this.masterSecret = pseudorandom(crypto, shared, "master secret", randoms, masterSecretLength);
		const seed = concatenate(this.serverRandom, this.clientRandom);
		const length = 2 * (keyLength + saltLength);
		const keys = pseudorandom(crypto, this.masterSecret, "key expansion", seed, length);
		const salts = keys.subarray(2 * keyLength);
		const outgoing = new Protection(
			ciphers.aes128Gcm(keys.slice(0, keyLength)),
			salts.slice(0, saltLength),
		);
		this.incoming = new Protection(
			ciphers.aes128Gcm(keys.slice(keyLength, 2 * keyLength)),
			salts.slice(saltLength),
		);
		const verifyData = this.verifyData("client finished");
		reply(clear, outgoing, this.said(encodeMessage(MessageType.Finished, verifyData)));
	}

	/** What both sides have heard and said, in twelve bytes. */
	private verifyData(label: string): Uint8Array {
		const { crypto } = this.options;
		const digest = crypto.digest();
		for (const message of this.transcript) digest.write(message);
		return pseudorandom(crypto, this.masterSecret, label, digest.close(), verifyDataLength);
	}

	/** Keeps a message for the transcript, and returns it. */
	private said(message: Uint8Array): Uint8Array {
		this.transcript.push(message);
		this.transcriptLength += message.length;
		return message;
	}
}
