/** ECMA-419 Serial over the board's UART. */

import type { Serial, SerialOptions } from "../../../src/host.js";
import {
	type BoardOptions,
	bufferFrom,
	type Link,
	linkOf,
	numberFrom,
	type Receiver,
	type Value,
} from "./link.js";

/** As the ESP32 host's: what its receiver's 128 bytes have no room for while a command runs. */
const bufferLength = 4096;

/** Bytes in the order in which they came; `undefined` where some were lost. */
type Piece = Uint8Array | undefined;

export class BoardSerial implements Serial, Receiver {
	private readonly link: Link;
	private readonly options: SerialOptions;
	private readonly pieces: Piece[] = [];
	private waiting = 0;

	constructor(options: SerialOptions & BoardOptions) {
		this.link = linkOf(options);
		this.options = options;
		this.link.mailbox.open("uart", this);
		this.link.call("uart.open", options.baud);
	}

	read(byteLength = bufferLength): ArrayBuffer | undefined {
		let length = 0;
		for (const piece of this.pieces) {
			if (piece === undefined) break;
			length += piece.length;
		}
		const bytes = new Uint8Array(Math.min(byteLength, length));
		for (let filled = 0; filled < bytes.length;) {
			const [first] = this.pieces;
			if (first === undefined) break;
			const part = first.subarray(0, bytes.length - filled);
			bytes.set(part, filled);
			filled += part.length;
			if (part.length === first.length) this.pieces.shift();
			else this.pieces[0] = first.subarray(part.length);
		}
		this.waiting -= bytes.length;
		if (this.isAtGap) this.link.call("uart.notify"); // Never from inside a call.
		return bytes.length === 0 ? undefined : bytes.buffer;
	}

	write(bytes: Uint8Array): void {
		this.link.call("uart.write", bytes);
	}

	close(): void {
		this.link.mailbox.close("uart");
		this.link.call("uart.close");
	}

	private get isAtGap(): boolean {
		return this.pieces.length > 0 && this.pieces[0] === undefined;
	}

	receive(event: Value, byteLength: Value): void {
		if (event === "writable") return this.options.onWritable(numberFrom(byteLength));
		const before = this.waiting;
		this.keep();
		const isGapReached = this.isAtGap;
		if (isGapReached) {
			this.pieces.shift();
			this.options.onOverrun?.();
		}
		const isNew = this.waiting > before || isGapReached;
		if (isNew && this.waiting > 0) this.options.onReadable(this.waiting);
	}

	/** Empties the receiver at once, whoever reads when. */
	private keep(): void {
		const buffer = bufferFrom(this.link.call("uart.read"));
		if (buffer === undefined) return;
		const bytes = new Uint8Array(
			buffer,
			0,
			Math.min(buffer.byteLength, bufferLength - this.waiting),
		);
		if (bytes.length > 0) this.pieces.push(bytes);
		this.waiting += bytes.length;
		const isLost = this.link.call("uart.overran") === true || bytes.length < buffer.byteLength;
		if (isLost && this.pieces[this.pieces.length - 1] !== undefined) this.pieces.push(undefined);
	}
}
