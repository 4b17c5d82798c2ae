/**
 * The SDK's serial port on the pseudo-terminal that the simulator links to in its folder. What
 * comes is kept as on the chip, so that a paste ends here as it ends there.
 */

import ModdableSerial from "embedded:io/serial";
import type { Serial, SerialOptions, System } from "../../src/host.js";
import { guarded } from "../moddable/guard.js";
import { Receiver } from "../moddable/receiver.js";

export class TerminalSerial implements Serial {
	private readonly serial: ModdableSerial;
	private readonly receiver: Receiver;

	constructor(options: SerialOptions & { readonly system?: System; readonly device?: string }) {
		const { baud, device, system, onReadable, onWritable, onOverrun = () => undefined } = options;
		if (system === undefined || device === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		// The simulator has a device where a chip has pins, of which the SDK's types don't know.
		const resource = { device, port: 0, receive: 0, baud, format: "buffer" as const };
		this.receiver = new Receiver(guarded(system, onOverrun));
		this.serial = new ModdableSerial({
			...resource,
			onReadable: guarded(system, () => {
				const before = this.receiver.length;
				const bytes = this.serial.read();
				if (bytes instanceof ArrayBuffer) this.receiver.put(new Uint8Array(bytes));
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
}
