/** The SDK's serial port on the pseudo-terminal that the simulator links to in its folder. */

import ModdableSerial from "embedded:io/serial";
import type { Serial, SerialOptions, System } from "../../src/host.js";
import { guarded } from "../moddable/guard.js";

export class TerminalSerial implements Serial {
	readonly #serial: ModdableSerial;

	constructor(options: SerialOptions & { readonly system?: System; readonly device?: string }) {
		const { baud, device, system, onReadable, onWritable } = options;
		if (system === undefined || device === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		// The simulator has a device where a chip has pins, of which the SDK's types don't know.
		const resource = { device, port: 0, receive: 0, baud, format: "buffer" as const };
		this.#serial = new ModdableSerial({
			...resource,
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
