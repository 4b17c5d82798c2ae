/** The console's UART, on the pins that the manifest's `config` names. */

import config from "mc/config";
import ModdableSerial from "embedded:io/serial";
import type { Serial, SerialOptions, System } from "../../src/host.js";
import { guarded } from "../moddable/guard.js";

/** The host's own part of the options. */
interface ChipOptions {
	readonly system?: System;
	/** A debug build has its console elsewhere: UART 0 is the debugger's. */
	readonly isDebug?: boolean;
}

export class ChipSerial implements Serial {
	readonly #serial: ModdableSerial;

	constructor(options: SerialOptions & ChipOptions) {
		const { baud, isDebug, system, onReadable, onWritable } = options;
		if (system === undefined) throw new TypeError("construct it from its resource of the host");
		this.#serial = new ModdableSerial({
			...uartOf(isDebug === true ? config.debugConsole : config.console),
			baud,
			format: "buffer",
			onReadable: guarded(system, onReadable),
			onWritable: guarded(system, onWritable),
		});
	}

	read(byteLength?: number): ArrayBuffer | undefined {
		const bytes = byteLength === undefined ? this.#serial.read() : this.#serial.read(byteLength);
		return typeof bytes === "number" ? undefined : bytes;
	}

	write(bytes: Uint8Array): void {
		this.#serial.write(bytes.slice().buffer);
	}

	close(): void {
		this.#serial.close();
	}
}

interface Uart {
	readonly port: number;
	readonly transmit: number;
	readonly receive: number;
}

function uartOf(value: unknown): Uart {
	if (typeof value !== "object" || value === null) throw new Error("the manifest has no console");
	const { port, transmit, receive }: { port?: unknown; transmit?: unknown; receive?: unknown } =
		value;
	return { port: Number(port), transmit: Number(transmit), receive: Number(receive) };
}
