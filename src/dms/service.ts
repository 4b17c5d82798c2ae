/**
 * The device's side of the protocol: one signed request after the other, tried again when that
 * helps.
 */

import { othersTurn } from "../background.js";
import { equal, toBase64Url } from "../encoding/bytes.js";
import { utf8Encode } from "../encoding/utf8.js";
import type { Host } from "../host.js";
import { fetchReply, type Reply, type Request, type Sink } from "../network/http.js";
import type { Network } from "../network/network.js";
import { keyId } from "../protocol/key.js";
import { decodeRefusal, mediaType, replyLengthMaximum } from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import {
	contentDigest,
	deviceLabel,
	signatureBase,
	signatureInput,
	signatureMember,
} from "../protocol/signature.js";
import { type Address, parseAddress } from "../protocol/token.js";
import { isAnswerOf, isByKey } from "./answer.js";
import { type Expectation, type Greeting, sayHello } from "./hello.js";
import { retryAfterSeconds, waitAfter } from "../network/retry.js";

/** Tries within one call; who needs more calls again. */
const attemptsMaximum = 3;
/** A call waits this long because the service asks for it; beyond, it ends and says so. */
const waitMaximumSeconds = 10;
/** What isn't signed may be anybody's: it puts a device off for no longer, and no other call. */
const foreignWaitMaximumSeconds = 60;
const nonceBytes = 16;
/** Image bytes need no signature: the publisher's statement has the hash of each block. */
const partialContent = 206;

/** Who the device is to its service, and who its service is to it. */
export interface Relation extends Expectation {
	readonly address: string;
	readonly key: Uint8Array;
}

export interface Call {
	readonly method: "GET" | "POST" | "PUT" | "DELETE";
	readonly path: string;
	readonly body?: Uint8Array;
	/** The private key that has to sign too, and under which label: a token's, or the next one. */
	readonly second?: { readonly label: string; readonly key: Uint8Array };
	/** Bytes from where on the body is wanted; it goes to `sink`. */
	readonly range?: string;
	/** A call with one is not tried again: what has come already is not to come twice. */
	readonly sink?: Sink;
}

/** The fields of a signed request, and the value of the device's signature among them. */
interface Signed {
	readonly headers: [string, string][];
	readonly signature: string;
}

/** A service that has been greeted, where, and `clock.ticks()` at that moment. */
interface Greeted extends Greeting {
	readonly address: string;
	readonly ticks: number;
}

export class Service {
	private readonly host: Host;
	private readonly network: Network;
	/** The service that has been greeted since the reset: the time is its. */
	greeted: Greeted | undefined;
	/** A key and its name, kept because it costs a key operation to find. */
	private namedKey: Uint8Array | undefined;
	private keyName = "";
	/** `clock.ticks()` before which the service at an address does not want to be asked. */
	private notBefore = 0;
	private notBeforeAddress = "";
	/** The last answer was that its operator has locked this device out. */
	isLockedOut = false;
	/** What somebody has asked for without a signature in the try before, in milliseconds. */
	private foreignWait = 0;

	constructor(host: Host, network: Network) {
		this.host = host;
		this.network = network;
	}

	/**
	 * The time that service has told, and what has passed since, in seconds since 1970. The clock may
	 * jump, and a wrong time in flash would turn right ones away for good.
	 */
	get time(): number {
		const { clock } = this.host;
		if (this.greeted === undefined) return Math.floor(clock.now() / 1000);
		const { time, ticks } = this.greeted;
		return time + Math.floor((clock.ticks() - ticks) / 1000);
	}

	/** The body of the answer. Rejects with the service's refusal or the reason why there is none. */
	async call(relation: Relation, call: Call): Promise<Uint8Array> {
		let signed: Signed | undefined;
		let isClockChecked = false;
		for (let failures = 1; ; failures++) {
			this.foreignWait = 0;
			try {
				this.checkWait(relation.address);
				await this.network.up();
				const address = addressOf(relation);
				const greeted =
					this.greetedAt(relation) ?? this.greet(relation, await this.hello(address, relation));
				signed ??= await this.sign(relation, call);
				const request = requestOf(call, address, greeted.authority, signed.headers);
				const reply = await fetchReply(this.host, request);
				if (reply.status === partialContent && call.sink !== undefined) return reply.body;
				await othersTurn(this.host);
				this.checkAnswer(reply, signed.signature, greeted.key);
				return this.bodyOf(reply, relation.address);
			} catch (error) {
				if (!(error instanceof DmsError)) throw error;
				const { result } = error;
				if (result === DmsResult.ClockWrong && !isClockChecked) {
					isClockChecked = true;
					this.greeted = undefined;
					signed = undefined;
				} else {
					const isLast = failures >= attemptsMaximum || call.sink !== undefined;
					if (isLast || !isTransient(error.result)) throw error;
					await this.wait(failures, error);
				}
			}
		}
	}

	/** Says hello, unless that has been done. */
	async meet(relation: Relation): Promise<void> {
		this.checkWait(relation.address);
		await this.network.up();
		if (this.greetedAt(relation) === undefined) {
			this.greet(relation, await this.hello(addressOf(relation), relation));
		}
	}

	private hello(address: Address, relation: Relation): Promise<Greeting> {
		return sayHello(this.host, address, relation, (reply) => this.helloBodyOf(reply));
	}

	/** The service, if it is the one that was greeted last. */
	private greetedAt(relation: Relation): Greeted | undefined {
		const greeted = this.greeted;
		if (greeted?.address !== relation.address) return undefined;
		const { crypto } = this.host;
		return equal(crypto.sha256(greeted.authority), relation.fingerprint) ? greeted : undefined;
	}

	private greet({ address }: Relation, { authority, key, time }: Greeting): Greeted {
		const greeted = { address, authority, key, time, ticks: this.host.clock.ticks() };
		this.greeted = greeted;
		return greeted;
	}

	private async sign(relation: Relation, call: Call): Promise<Signed> {
		const { crypto } = this.host;
		const digest = call.body && contentDigest(crypto.sha256(call.body));
		const request = { method: call.method, path: call.path, contentDigest: digest };
		const created = this.time;
		const nonce = toBase64Url(crypto.random(nonceBytes));
		await othersTurn(this.host);
		const signers = [{ label: deviceLabel, key: relation.key, id: this.keyIdOf(relation.key) }];
		if (call.second !== undefined) {
			await othersTurn(this.host);
			const id = keyId(crypto.publicKey(call.second.key), crypto);
			signers.push({ ...call.second, id });
		}
		const inputs: string[] = [];
		const signatures: string[] = [];
		for (const { label, key, id } of signers) {
			await othersTurn(this.host);
			const input = signatureInput(request, { created, nonce, keyId: id });
			const base = crypto.sha256(utf8Encode(signatureBase(request, input)));
			inputs.push(label + "=" + input);
			signatures.push(signatureMember(label, crypto.sign(key, base)));
		}
		const headers: [string, string][] = [
			["signature-input", inputs.join(", ")],
			["signature", signatures.join(", ")],
		];
		if (call.range !== undefined) headers.push(["range", call.range]);
		if (digest !== undefined) headers.push(["content-digest", digest], ["content-type", mediaType]);
		return { headers, signature: memberValue(signatures[0] ?? "") };
	}

	keyIdOf(key: Uint8Array): string {
		const { crypto } = this.host;
		if (this.namedKey !== key) {
			this.keyName = keyId(crypto.publicKey(key), crypto);
			this.namedKey = key;
		}
		return this.keyName;
	}

	/** Throws unless the answer to the request with this signature is by the service's key. */
	private checkAnswer(reply: Reply, requestSignature: string, key: Uint8Array): void {
		const { crypto } = this.host;
		if (isAnswerOf(reply, requestSignature, key, crypto)) return;
		this.foreignWait = foreignWaitOf(reply);
		// The server may have another certificate by now: the next try asks for it.
		if (!isByKey(reply, key, crypto)) this.greeted = undefined;
		throw new DmsError(DmsResult.AnswerForeign);
	}

	private bodyOf(reply: Reply, address: string): Uint8Array {
		const { status, body } = reply;
		const refusal = status >= 400 ? decodeRefusal(body) : undefined;
		this.isLockedOut = refusal?.result === DmsResult.DeviceLocked;
		if (status >= 200 && status < 300) return body;
		if (isBusy(reply)) {
			const seconds = waitSecondsOf(reply);
			this.notBefore = this.host.clock.ticks() + seconds * 1000;
			this.notBeforeAddress = address;
		}
		throw refusal ? new DmsError(refusal.result, refusal.message) : new DmsError(resultOf(reply));
	}

	/** Of a hello that was refused nothing is certain: neither what it says nor who has said it. */
	private helloBodyOf(reply: Reply): Uint8Array {
		if (reply.status === 200) return reply.body;
		this.foreignWait = foreignWaitOf(reply);
		throw new DmsError(resultOf(reply));
	}

	/** How long the service, or who answers in its place, has asked not to be asked: from now on. */
	get waitMilliseconds(): number {
		return Math.max(this.notBefore - this.host.clock.ticks(), this.foreignWait, 0);
	}

	/** Keeps the service's wish not to be asked before some time, also over several calls. */
	private checkWait(address: string): void {
		const milliseconds = this.notBefore - this.host.clock.ticks();
		if (milliseconds > 0 && address === this.notBeforeAddress) throw waitAsked(milliseconds);
	}

	private wait(failures: number, error: DmsError): Promise<void> {
		const asked = this.waitMilliseconds;
		if (asked > waitMaximumSeconds * 1000) throw error;
		return waitAfter(failures, this.host, asked);
	}
}

/** The value of a dictionary's member that is written `label=value`. */
function memberValue(member: string): string {
	return member.slice(member.indexOf("=") + 1);
}

function isBusy({ status }: Reply): boolean {
	return status === 429 || status === 503;
}

function waitSecondsOf({ fields }: Reply): number {
	return retryAfterSeconds(fields.get("retry-after"), fields.get("date"));
}

/** In milliseconds: what somebody asks for who can't show that he is the service. */
function foreignWaitOf(reply: Reply): number {
	return isBusy(reply) ? 1000 * Math.min(waitSecondsOf(reply), foreignWaitMaximumSeconds) : 0;
}

function waitAsked(milliseconds: number): DmsError {
	const seconds = Math.ceil(milliseconds / 1000);
	return new DmsError(DmsResult.ServiceBusy, "The service asks to wait " + seconds + " seconds.");
}

function addressOf(relation: Relation): Address {
	const address = parseAddress(relation.address);
	if (address === undefined) throw new DmsError(DmsResult.BadArgument);
	return address;
}

function requestOf(
	call: Call,
	address: Address,
	authority: Uint8Array,
	headers: [string, string][],
): Request {
	return {
		...address,
		authority,
		method: call.method,
		target: call.path,
		headers,
		body: call.body,
		replyLengthMaximum,
		sink: call.sink,
	};
}

function resultOf(reply: Reply): DmsResult {
	if (isBusy(reply)) return DmsResult.ServiceBusy;
	return reply.status >= 500 ? DmsResult.ServiceFault : DmsResult.BadReply;
}

/** Whether the same request may well succeed a little later. */
export function isTransient(result: DmsResult): boolean {
	switch (result) {
		case DmsResult.Timeout:
		case DmsResult.ConnectionFailed:
		case DmsResult.AnswerForeign:
		case DmsResult.ServiceBusy:
		case DmsResult.ServiceFault:
			return true;
		default:
			return false;
	}
}
