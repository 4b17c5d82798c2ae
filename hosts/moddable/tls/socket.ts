/** A TLS connection as the SDK's HTTP client takes one, over the SDK's TCP. */

import Timer from "timer";
import { concatenate } from "../../../src/encoding/bytes.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";
import { GuardedTCP, type SocketOptions } from "../connection.js";
import { guard } from "../guard.js";
import type { TlsOptions } from "./handshake.js";
import { fragmentMaximum } from "./messages.js";
import { recordOverhead } from "./record.js";
import { TlsSession } from "./session.js";

export class TlsSocket {
	private readonly options: SocketOptions;
	private readonly tcp: GuardedTCP;
	private readonly session: TlsSession;
	/** What waits in the TCP socket. */
	private readable = 0;
	/** What the TCP socket takes. */
	private writable = 0;
	/** A record's content, of which the program has read some. */
	private plain = new Uint8Array(0);
	private readOffset = 0;
	/** What the program writes in one callback goes out as one record. */
	private pending: Uint8Array = new Uint8Array(0);
	private isOffering = false;
	private next: Timer | undefined;
	private isClosed = false;
	/** `number` is byte by byte: the SDK's client reads a reply's head so. */
	format: "buffer" | "number" = "buffer";

	constructor(options: SocketOptions & { readonly secure: TlsOptions }) {
		this.options = options;
		this.session = new TlsSession(options.secure);
		this.tcp = new GuardedTCP({
			connection: options.connection,
			address: options.address,
			port: options.port,
			onReadable: (byteLength) => {
				this.readable = byteLength;
				this.receive();
			},
			onWritable: (byteLength) => {
				this.writable = byteLength;
				this.send();
				this.offer();
			},
			onError: options.onError,
		});
	}

	read(byteLength?: number): number | ArrayBuffer | undefined {
		const bytes = this.plain;
		const offset = this.readOffset;
		const available = bytes.length - offset;
		if (available === 0) return undefined;
		const isOne = this.format === "number";
		const count = isOne ? 1 : Math.min(byteLength ?? available, available);
		this.options.connection.countHead(count, isOne ? bytes[offset] : 0);
		this.readOffset += count;
		if (count === available) {
			this.plain = new Uint8Array(0);
			this.readOffset = 0;
			// Never from inside the program's call.
			this.next ??= Timer.set(() => {
				this.next = undefined;
				guard(
					() => this.receive(),
					(error) => this.options.connection.fail(error),
				);
			}, 0);
		}
		return this.format === "number" ? bytes[offset] : bytes.slice(offset, offset + count).buffer;
	}

	/** Returns how much more it takes. */
	write(data: ArrayBuffer | Uint8Array): number {
		const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
		if (bytes.length > this.room) throw new Error("would block");
		this.pending = concatenate(this.pending, bytes);
		if (!this.isOffering) this.flush();
		return this.room;
	}

	close(): void {
		this.isClosed = true;
		if (this.next !== undefined) Timer.clear(this.next);
		this.next = undefined;
		this.tcp.close();
	}

	/** Of the program's bytes, in the record that is being filled. */
	private get room(): number {
		const room = Math.min(this.writable - recordOverhead, fragmentMaximum) - this.pending.length;
		return this.session.isOpen ? Math.max(room, 0) : 0;
	}

	/** Takes no more of the network than the program has read: one record at a time. */
	private receive(): void {
		while (!this.isClosed && this.readable > 0 && this.plain.length === 0) {
			const bytes = this.tcp.read(Math.min(this.session.wanted, this.readable));
			if (!(bytes instanceof ArrayBuffer)) return;
			this.readable -= bytes.byteLength;
			const wasOpen = this.session.isOpen;
			const content = this.session.receive(new Uint8Array(bytes));
			this.send();
			if (!wasOpen && this.session.isOpen) this.offer();
			if (content !== undefined && content.length > 0) {
				this.plain = content.slice();
				this.options.onReadable(content.length);
			}
			if (this.session.isClosed) throw new DmsError(DmsResult.ConnectionFailed);
		}
	}

	private offer(): void {
		const room = this.room;
		if (room === 0 || this.isClosed) return;
		this.isOffering = true;
		this.options.onWritable(room);
		this.isOffering = false;
		this.flush();
	}

	private flush(): void {
		if (this.pending.length === 0 || this.isClosed) return;
		this.session.write(this.pending);
		this.pending = new Uint8Array(0);
		this.send();
	}

	/** A handshake's messages are shorter than what a socket takes at once. */
	private send(): void {
		if (this.writable === 0 || this.isClosed) return;
		const bytes = this.session.takeOutput();
		if (bytes.length === 0) return;
		this.tcp.write(bytes.slice().buffer);
		this.writable -= bytes.length;
	}
}
