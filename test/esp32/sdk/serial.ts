/**
 * The SDK's Serial on an ESP32's UART, with its rules. Source: 8.2.3,
 * `modules/io/serial/esp32/serial.c`; the names of its functions stand at the rules below.
 */

import { machine } from "./machine.js";

const fifoLength = 128;
const emptyByte = 0xee;
/** `kTransmitTreshold`: room is told of when no more wait to be sent. */
const transmitThreshold = 10;
/** A byte at 115,200 baud, 8N1. */
const millisecondsPerByte = 10 / 115.2;

interface SerialOptions {
	readonly port: number;
	readonly onReadable: (byteLength: number) => void;
	readonly onWritable: (byteLength: number) => void;
}

/** The other end of the line, and what the hardware remembers. */
export class Uart {
	readonly received: number[] = [];
	readonly sent: number[] = [];
	#sending = 0;
	/** `UART_INTR_RXFIFO_OVF` of `int_raw`: set until somebody clears it. */
	hasOverrun = false;
	onReceive: () => void = () => undefined;
	onSent: () => void = () => undefined;

	/** The bytes come at once: nobody reads while they do. */
	type(bytes: Iterable<number>): void {
		for (const byte of bytes) {
			if (this.received.length < fifoLength) this.received.push(byte);
			else this.hasOverrun = true;
		}
		this.onReceive();
	}

	get room(): number {
		return fifoLength - this.#sending;
	}

	send(bytes: Uint8Array): void {
		this.#sending += bytes.length;
		machine.clock.after(bytes.length * millisecondsPerByte, () => {
			this.#sending -= bytes.length;
			this.sent.push(...bytes);
			this.onSent();
		});
	}

	get isAlmostEmpty(): boolean {
		return this.#sending <= transmitThreshold;
	}

	/** As `chip.c` does. */
	takeOverrun(): boolean {
		const { hasOverrun } = this;
		this.hasOverrun = false;
		return hasOverrun;
	}
}

/** The one that the next Serial is on. */
export const line: { uart: Uart } = { uart: new Uart() };

export default class Serial {
	readonly #uart = line.uart;
	readonly #options: SerialOptions;
	#isReadable = false;
	#isWritable = false;
	#isReceiveEnabled = true;
	#isTransmitEnabled = true;
	#isClosed = false;

	constructor(options: SerialOptions) {
		this.#options = options;
		this.#uart.onReceive = () => this.#interrupt();
		this.#uart.onSent = () => this.#interrupt();
		this.#interrupt();
	}

	/** `xs_serial_read`: a number isn't held against what is there; 0 and less are "invalid". */
	read(byteLength?: number): ArrayBuffer | undefined {
		const { received } = this.#uart;
		if (received.length === 0) return undefined;
		const requested = byteLength ?? received.length;
		if (requested <= 0) throw new Error("invalid");
		const bytes = Uint8Array.from({ length: requested }, () => received.shift() ?? emptyByte);
		this.#enableReceive();
		return bytes.buffer;
	}

	/** `xs_serial_write`: all of it, or "output full". */
	write(bytes: ArrayBuffer): void {
		if (bytes.byteLength > this.#uart.room) throw new Error("output full");
		this.#uart.send(new Uint8Array(bytes));
		this.#isTransmitEnabled = true;
	}

	close(): void {
		this.#isClosed = true;
	}

	/** `_uart_enable_rx_intr`: bytes that wait interrupt again. */
	#enableReceive(): void {
		this.#isReceiveEnabled = true;
		this.#interrupt();
	}

	/** `serial_isr`. */
	#interrupt(): void {
		if (this.#isClosed) return;
		let isNews = false;
		if (this.#isTransmitEnabled && this.#uart.isAlmostEmpty) {
			isNews = !this.#isWritable;
			this.#isWritable = true;
			this.#isTransmitEnabled = false;
		}
		if (this.#isReceiveEnabled && this.#uart.received.length > 0) {
			isNews ||= !this.#isReadable;
			this.#isReadable = true;
			this.#isReceiveEnabled = false;
		}
		if (isNews) machine.post(() => this.#deliver());
	}

	/** `serialDeliver`: arms the interrupt again, read or not. */
	#deliver(): void {
		if (this.#isClosed) return;
		if (this.#isReadable) {
			this.#isReadable = false;
			const count = this.#uart.received.length;
			if (count > 0) this.#options.onReadable(count);
			this.#enableReceive();
		}
		if (this.#isWritable && !this.#isClosed) {
			this.#isWritable = false;
			const { room } = this.#uart;
			if (room > 0) this.#options.onWritable(room);
		}
	}
}
