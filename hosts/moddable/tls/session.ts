/** A TLS connection without a network: bytes in, bytes out. What it throws ends it. */

import { concatenate, equal } from "../../../src/encoding/bytes.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";
import { Handshake, type TlsOptions } from "./handshake.js";
import { fragmentMaximum } from "./messages.js";
import {
	ContentType,
	encodeRecord,
	type Protection,
	RecordReader,
	recordOverhead,
	type TlsRecord,
} from "./record.js";

/** Of a server that doesn't keep its records short: RFC 5246, section 6.2.1. */
const longFragmentMaximum = 2 ** 14;

const closeNotify = 0;

export class TlsSession {
	private readonly handshake: Handshake;
	private readonly reader = new RecordReader();
	private incoming: Protection | undefined;
	private outgoing: Protection | undefined;
	private output: Uint8Array = new Uint8Array(0);
	/** The server has said that it is done. */
	isClosed = false;

	constructor(options: TlsOptions) {
		this.handshake = new Handshake(options);
		this.send(ContentType.Handshake, this.handshake.hello());
	}

	/** Whether the server has proved who it is, and the program's bytes may go both ways. */
	get isOpen(): boolean {
		return this.handshake.isOver;
	}

	/** How many bytes of the stream it takes next. */
	get wanted(): number {
		return this.reader.wanted;
	}

	/** What is to be sent, each time once. */
	takeOutput(): Uint8Array {
		const { output } = this;
		this.output = new Uint8Array(0);
		return output;
	}

	/** Takes at most `wanted` bytes; returns what they bring for the program. */
	receive(bytes: Uint8Array): Uint8Array | undefined {
		const isShort = this.handshake.isLimited;
		const most = (isShort ? fragmentMaximum : longFragmentMaximum) + recordOverhead;
		const record = this.reader.take(bytes, most);
		return record && this.take(record);
	}

	/** Sends at most `fragmentMaximum` bytes of the program's. */
	write(plain: Uint8Array): void {
		if (!this.isOpen) throw new Error("the connection is not open");
		this.send(ContentType.ApplicationData, plain);
	}

	private take(record: TlsRecord): Uint8Array | undefined {
		const content = this.incoming?.open(record) ?? record.fragment;
		switch (record.type) {
			case ContentType.Handshake:
				if (this.isOpen) break; // We never renegotiate.
				this.handshake.receive(content, (clear, outgoing, sealed) => {
					this.send(ContentType.Handshake, clear);
					this.send(ContentType.ChangeCipherSpec, Uint8Array.of(1));
					this.outgoing = outgoing;
					this.send(ContentType.Handshake, sealed);
				});
				return undefined;
			case ContentType.ChangeCipherSpec:
				if (!equal(content, Uint8Array.of(1))) break;
				this.incoming = this.handshake.changeCipherSpec();
				return undefined;
			case ContentType.ApplicationData:
				if (this.isOpen && !this.isClosed) return content;
				break; // Before the server has proved who it is, it is anybody's.
			case ContentType.Alert:
				if (!this.isOpen || content[1] !== closeNotify) throw new DmsError(DmsResult.BadReply);
				this.isClosed = true;
				return undefined;
			default:
				break;
		}
		throw new DmsError(DmsResult.HelloForged);
	}

	private send(type: number, content: Uint8Array): void {
		const fragment = this.outgoing?.seal(type, content) ?? content;
		this.output = concatenate(this.output, encodeRecord(type, fragment));
	}
}
