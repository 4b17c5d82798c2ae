/** The board's UART: bytes take their time on the line, and wait in FIFOs of real size. */

import type { Clock } from "./clock.js";
import { bytesOf, numberOf, type Operations, type Post } from "./operations.js";

/**
 * Of the ESP32's receiver and of its transmitter (`SOC_UART_FIFO_LEN`). There is no driver's buffer
 * behind them: the SDK's Serial installs none (`modules/io/serial/esp32/serial.c`).
 */
const fifoLength = 128;
/** The receiver interrupts the processor at so many (reset value of `UART_RXFIFO_FULL_THRHD`). */
const interruptLength = 96;
/** What the SDK's `read(count)` gives beyond what is there: it reads the empty FIFO on. */
const rubbish = 0xee;
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
	#cancelArriving: () => void = () => undefined;
	/** Whom to tell when nothing is on its way any more. */
	#waiting: (() => void)[] = [];
	#received = Buffer.alloc(0);
	/** Bytes were lost since somebody asked (the FIFO's overflow interrupt, `RXFIFO_OVF`). */
	#isOverrun = false;
	/** In the transmitter, and how many of them go over the line right now. */
	#transmitting = Buffer.alloc(0);
	#sending = 0;
	#cancelSending: () => void = () => undefined;

	constructor(clock: Clock, post: Post, onOutput: (bytes: Uint8Array) => void) {
		this.#clock = clock;
		this.#post = post;
		this.#onOutput = onOutput;
	}

	readonly operations: Operations = {
		"uart.open": (baud) => {
			this.#isOpen = true;
			this.#baud = numberOf(baud);
			this.#received = Buffer.alloc(0); // As ESP-IDF's `uart_param_config` does.
			this.#post("uart", "writable", fifoLength - this.#transmitting.length);
			return undefined;
		},
		"uart.read": (byteLength) => {
			const count = byteLength === undefined ? this.#received.length : numberOf(byteLength);
			if (count === 0 || this.#received.length === 0) return undefined;
			const bytes = Buffer.alloc(count, rubbish);
			this.#received.copy(bytes);
			this.#received = this.#received.subarray(count);
			return bytes;
		},
		"uart.overran": () => {
			const isOverrun = this.#isOverrun;
			this.#isOverrun = false;
			return isOverrun;
		},
		"uart.notify": () => {
			this.#post("uart", "readable");
			return undefined;
		},
		"uart.write": (bytes) => {
			const output = bytesOf(bytes);
			if (this.#transmitting.length + output.length > fifoLength) throw new Error("output full");
			this.#transmitting = Buffer.concat([this.#transmitting, output]);
			if (this.#sending === 0) this.#send();
			return undefined;
		},
		"uart.close": () => {
			this.#isOpen = false;
			return undefined;
		},
	};

	/**
	 * Somebody sends bytes: they come over the line one after the other, as fast as it is. `onClear`
	 * is called when nothing is on its way any more.
	 */
	input(bytes: Uint8Array, onClear?: () => void): void {
		this.#line = Buffer.concat([this.#line, bytes]);
		if (onClear !== undefined) this.#waiting.push(onClear);
		if (!this.#isArriving) this.#arrive();
	}

	/** What was on its way comes no more, and who has sent it is not told. */
	unplug(): void {
		this.#cancelArriving();
		this.#isArriving = false;
		this.#line = Buffer.alloc(0);
		this.#waiting = [];
	}

	/**
	 * As on the chip, what has been received is lost, and what is in the transmitter goes out first
	 * (`esp_restart_noos` waits for it).
	 */
	reset(): void {
		this.#isOpen = false;
		this.#received = Buffer.alloc(0);
		this.#isOverrun = false;
		this.#cancelSending();
		this.#sending = 0;
		if (this.#transmitting.length > 0) this.#onOutput(this.#transmitting);
		this.#transmitting = Buffer.alloc(0);
	}

	#arrive(): void {
		const arriving = this.#line.subarray(0, interruptLength);
		this.#isArriving = arriving.length > 0;
		if (!this.#isArriving) return this.#waiting.splice(0).forEach((tell) => tell());
		this.#cancelArriving = this.#clock.after(this.#millisecondsOf(arriving.length), () => {
			this.#line = this.#line.subarray(arriving.length);
			this.#receive(arriving);
			this.#arrive();
		});
	}

	/** There is no flow control: what the receiver has no room for is lost. */
	#receive(bytes: Uint8Array): void {
		const kept = bytes.subarray(0, fifoLength - this.#received.length);
		this.lost += bytes.length - kept.length;
		if (kept.length < bytes.length) this.#isOverrun = true;
		this.#received = Buffer.concat([this.#received, kept]);
		if (this.#isOpen) this.#post("uart", "readable");
	}

	#send(): void {
		this.#sending = this.#transmitting.length;
		this.#cancelSending = this.#clock.after(this.#millisecondsOf(this.#sending), () => {
			const sent = this.#transmitting.subarray(0, this.#sending);
			this.#transmitting = this.#transmitting.subarray(this.#sending);
			this.#sending = 0;
			this.#onOutput(sent);
			if (this.#transmitting.length > 0) this.#send();
			else if (this.#isOpen) this.#post("uart", "writable", fifoLength);
		});
	}

	#millisecondsOf(byteLength: number): number {
		return (byteLength * bitsPerByte * 1000) / this.#baud;
	}
}
