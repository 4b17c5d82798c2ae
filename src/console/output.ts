/** What the console says, sent as the serial port has room for it. */

import { concatenate } from "../encoding/bytes.js";
import { utf8Encode } from "../encoding/utf8.js";
import type { Serial } from "../host.js";

export class Output {
	#serial: Serial | undefined;
	#room = 0;
	#waiting: Uint8Array = new Uint8Array(0);

	attach(serial: Serial): void {
		this.#serial = serial;
		this.#send();
	}

	write(text: string | Uint8Array): void {
		const bytes = typeof text === "string" ? utf8Encode(text) : text;
		this.#waiting = concatenate(this.#waiting, bytes);
		this.#send();
	}

	/** The port has room for so many bytes. */
	onWritable(byteLength: number): void {
		this.#room = byteLength;
		this.#send();
	}

	#send(): void {
		const count = Math.min(this.#room, this.#waiting.length);
		if (count === 0 || this.#serial === undefined) return;
		this.#serial.write(this.#waiting.subarray(0, count));
		this.#room -= count;
		this.#waiting = this.#waiting.slice(count);
	}
}
