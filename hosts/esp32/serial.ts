/**
 * The console's UART, on the pins that the manifest's `config` names. The SDK's Serial has a FIFO
 * of 128 bytes and no driver behind it, posts a message again and again while bytes wait there, and
 * gives as many bytes as it is asked for, whether they have come or not (`serial.c`). So each
 * message empties it, and the program reads from a buffer of ours.
 */

import config from "mc/config";
import ModdableSerial from "embedded:io/serial";
import type { Serial, SerialOptions, System } from "../../src/host.js";
import { guarded } from "../moddable/guard.js";
import type { Chip } from "./chip.js";
import { Receiver } from "../moddable/receiver.js";

/** The host's own part of the options. */
interface ChipOptions {
	readonly system?: System;
	readonly chip?: Pick<Chip, "isDebug" | "takeOverrun">;
}

export class ChipSerial implements Serial {
	private readonly serial: ModdableSerial;
	private readonly receiver: Receiver;

	constructor(options: SerialOptions & ChipOptions) {
		const { baud, chip, system, onReadable, onWritable, onOverrun = () => undefined } = options;
		if (system === undefined || chip === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		// A debug build has its console elsewhere: UART 0 is the debugger's.
		const uart = uartOf(chip.isDebug() ? config.debugConsole : config.console);
		this.receiver = new Receiver(guarded(system, onOverrun));
		this.serial = new ModdableSerial({
			...uart,
			baud,
			format: "buffer",
			onReadable: guarded(system, () => {
				const before = this.receiver.length;
				this.receive(chip.takeOverrun(uart.port));
				if (this.receiver.length > before) onReadable(this.receiver.length);
			}),
			onWritable: guarded(system, onWritable),
		});
	}

	read(byteLength?: number): ArrayBuffer | undefined {
		return this.receiver.take(byteLength)?.slice().buffer;
	}

	write(bytes: Uint8Array): void {
		this.serial.write(bytes.slice().buffer);
	}

	close(): void {
		this.receiver.close();
		this.serial.close();
	}

	/** Without a number the SDK gives what is there; what came around an overrun is torn. */
	private receive(isOverrun: boolean): void {
		for (let bytes = this.serial.read(); bytes !== undefined; bytes = this.serial.read()) {
			if (isOverrun) this.receiver.tear();
			else if (typeof bytes !== "number") this.receiver.put(new Uint8Array(bytes));
		}
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
