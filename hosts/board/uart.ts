/** The board's UART: what comes in takes its time and waits in a receiver of real size. */

import type { Clock } from "./clock.js";
import { bytesOf, numberOf, type Operations, type Post } from "./operations.js";

/** The transmitter takes so much at a time, as the ESP32's FIFO. */
const transmitLength = 128;
/**
 * The ESP32's FIFO, which is all as long as no program has opened the port, and behind it the
 * driver's buffer, as large as Gecko OS's by default.
 */
const fifoLength = 128;
const driverBufferLength = 4096;
/** The FIFO interrupts the processor when it has so much. */
const interruptLength = 120;
/** A start bit, 8 data bits and a stop bit. */
const bitsPerByte = 10;
const baudDefault = 115_200;

export class Uart {
	/** Bytes that were lost since the board was made. */
	lost = 0;
	readonly #clock: Clock;
	readonly #post: Post;
	readonly #onOutput: (bytes: Uint8Array) => void;
	#isOpen = false;
	#baud = baudDefault;
	/** On their way over the line, and whether some are just arriving. */
	#line = Buffer.alloc(0);
	#isArriving = false;
	#received = Buffer.alloc(0);

	constructor(clock: Clock, post: Post, onOutput: (bytes: Uint8Array) => void) {
		this.#clock = clock;
		this.#post = post;
		this.#onOutput = onOutput;
	}

	readonly operations: Operations = {
		"uart.open": (baud) => {
			this.#isOpen = true;
			this.#baud = numberOf(baud);
			this.#post("uart", "writable", transmitLength);
			if (this.#received.length > 0) this.#post("uart", "readable");
			return undefined;
		},
		"uart.waiting": () => this.#received.length,
		"uart.read": (byteLength) => {
			const count = byteLength === undefined ? this.#received.length : numberOf(byteLength);
			const bytes = this.#received.subarray(0, count);
			this.#received = this.#received.subarray(bytes.length);
			return bytes.length === 0 ? undefined : bytes;
		},
		"uart.write": (bytes) => {
			const output = bytesOf(bytes);
			if (output.length > transmitLength) throw new Error("would block");
			this.#onOutput(output.slice());
			this.#post("uart", "writable", transmitLength);
			return undefined;
		},
		"uart.close": () => {
			this.#isOpen = false;
			return undefined;
		},
	};

	/** Somebody sends bytes: they come over the line one after the other, as fast as it is. */
	input(bytes: Uint8Array): void {
		this.#line = Buffer.concat([this.#line, bytes]);
		if (!this.#isArriving) this.#arrive();
	}

	/** As on the chip, what has been received is lost. */
	reset(): void {
		this.#isOpen = false;
		this.#received = Buffer.alloc(0);
	}

	#arrive(): void {
		const arriving = this.#line.subarray(0, interruptLength);
		this.#isArriving = arriving.length > 0;
		if (!this.#isArriving) return;
		const milliseconds = (arriving.length * bitsPerByte * 1000) / this.#baud;
		this.#clock.after(milliseconds, () => {
			this.#line = this.#line.subarray(arriving.length);
			this.#receive(arriving);
			this.#arrive();
		});
	}

	/** There is no flow control: what the receiver has no room for is lost. */
	#receive(bytes: Uint8Array): void {
		const capacity = this.#isOpen ? fifoLength + driverBufferLength : fifoLength;
		const kept = bytes.subarray(0, capacity - this.#received.length);
		this.lost += bytes.length - kept.length;
		this.#received = Buffer.concat([this.#received, kept]);
		if (this.#isOpen) this.#post("uart", "readable");
	}
}
