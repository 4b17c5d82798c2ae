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

export class BoardSerial implements Serial, Receiver {
	readonly #link: Link;
	readonly #options: SerialOptions;

	constructor(options: SerialOptions & BoardOptions) {
		this.#link = linkOf(options);
		this.#options = options;
		this.#link.mailbox.open("uart", this);
		this.#link.call("uart.open", options.baud);
	}

	read(byteLength?: number): ArrayBuffer | undefined {
		return bufferFrom(this.#link.call("uart.read", byteLength));
	}

	write(bytes: Uint8Array): void {
		this.#link.call("uart.write", bytes);
	}

	close(): void {
		this.#link.mailbox.close("uart");
		this.#link.call("uart.close");
	}

	/** What a message says to be readable may have been read since. */
	receive(event: Value, byteLength: Value): void {
		if (event === "writable") return this.#options.onWritable(numberFrom(byteLength));
		const waiting = numberFrom(this.#link.call("uart.waiting"));
		if (waiting > 0) this.#options.onReadable(waiting);
	}
}
