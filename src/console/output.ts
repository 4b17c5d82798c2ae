/** What the console says, sent as the serial port has room for it. */

import { utf8Encode } from "../encoding/utf8.js";
import type { Serial } from "../host.js";

export class Output {
	private serial: Serial | undefined;
	private room = 0;
	private readonly waiting: Uint8Array[] = [];
	/** How much of the first that waits has been sent. */
	private sent = 0;
	private onEmpty: (() => void) | undefined;

	attach(serial: Serial): void {
		this.serial = serial;
		this.send();
	}

	write(text: string | Uint8Array): void {
		const bytes = typeof text === "string" ? utf8Encode(text) : text;
		if (bytes.length > 0) this.waiting.push(bytes);
		this.send();
	}

	get isEmpty(): boolean {
		return this.waiting.length === 0;
	}

	/** Calls back once when all has been sent. Who asks later takes the place of who asked before. */
	whenEmpty(act: () => void): void {
		this.onEmpty = act;
		this.send();
	}

	/** The port has room for so many bytes. */
	onWritable(byteLength: number): void {
		this.room = byteLength;
		this.send();
	}

	private send(): void {
		for (;;) {
			const [first] = this.waiting;
			if (first === undefined || this.room === 0 || this.serial === undefined) break;
			const piece = first.subarray(this.sent, this.sent + this.room);
			this.room -= piece.length;
			this.sent += piece.length;
			if (this.sent === first.length) {
				this.waiting.shift();
				this.sent = 0;
			}
			this.serial.write(piece);
		}
		if (!this.isEmpty) return;
		const onEmpty = this.onEmpty;
		this.onEmpty = undefined;
		onEmpty?.();
	}
}
