/** ECMA-419 Serial over the board's UART. */

import type { Serial, SerialOptions } from "../../../src/host.js";
import { type BoardOptions, bufferFrom, type Link, linkOf, numberFrom } from "./link.js";

export class BoardSerial implements Serial {
	readonly #link: Link;

	constructor(options: SerialOptions & BoardOptions) {
		const { baud, onReadable, onWritable } = options;
		const link = linkOf(options);
		this.#link = link;
		link.mailbox.on("uart.readable", (count) => onReadable(numberFrom(count)));
		link.mailbox.on("uart.writable", (count) => onWritable(numberFrom(count)));
		link.call("uart.open", baud);
	}

	read(): ArrayBuffer | undefined {
		return bufferFrom(this.#link.call("uart.read"));
	}

	write(bytes: Uint8Array): void {
		this.#link.call("uart.write", bytes);
	}

	close(): void {
		this.#link.call("uart.close");
	}
}
