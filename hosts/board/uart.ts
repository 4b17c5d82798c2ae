/** The board's UART: what comes in waits in its receiver, what goes out is handed on at once. */

import type { Operations, Post } from "./operations.js";
import { bytesOf } from "./operations.js";

/** The transmitter takes so much at a time, as the ESP32's FIFO. */
const transmitLength = 128;

export class Uart {
	readonly #post: Post;
	readonly #onOutput: (bytes: Uint8Array) => void;
	#isOpen = false;
	#received = Buffer.alloc(0);

	constructor(post: Post, onOutput: (bytes: Uint8Array) => void) {
		this.#post = post;
		this.#onOutput = onOutput;
	}

	readonly operations: Operations = {
		"uart.open": () => {
			this.#isOpen = true;
			this.#post("uart", "writable", transmitLength);
			if (this.#received.length > 0) this.#post("uart", "readable");
			return undefined;
		},
		"uart.waiting": () => this.#received.length,
		"uart.read": () => {
			const bytes = this.#received;
			this.#received = Buffer.alloc(0);
			return bytes.length === 0 ? undefined : bytes;
		},
		"uart.write": (bytes) => {
			const output = bytesOf(bytes);
			if (output.length > transmitLength) throw new Error("would block");
			this.#onOutput(output);
			this.#post("uart", "writable", transmitLength);
			return undefined;
		},
		"uart.close": () => {
			this.#isOpen = false;
			return undefined;
		},
	};

	/** Bytes arrive at the receiver. Before the program has opened the port they wait there. */
	input(bytes: Uint8Array): void {
		this.#received = Buffer.concat([this.#received, bytes]);
		if (this.#isOpen) this.#post("uart", "readable");
	}

	reset(): void {
		this.#isOpen = false;
	}
}
