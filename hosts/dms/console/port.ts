/** Opens the serial line to a device: a serial port, a pseudo-terminal, or a TCP port. */

import { createConnection, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { autoDetect } from "@serialport/bindings-cpp";
import { SerialPortStream } from "@serialport/stream";
import { OperatorError } from "../operator-error.js";

/** The device's rate: 8 data bits, no parity, 1 stop bit, no flow control. */
const baudRate = 115_200;

/** `place` is the path of a serial port or pseudo-terminal, or `tcp:HOST:PORT`. */
export async function openPort(place: string): Promise<Duplex> {
	const [, host, port] = /^tcp:(.*):(\d{1,5})$/.exec(place) ?? [];
	const stream =
		host === undefined
			? new SerialPortStream({ binding: autoDetect(), path: place, baudRate })
			: createConnection({ host, port: Number(port), noDelay: true });
	const isOpenEvent = host === undefined ? "open" : "connect";
	try {
		await new Promise<void>((resolve, reject) => {
			stream.once(isOpenEvent, () => resolve());
			stream.once("error", reject);
		});
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const advice = "Is the device plugged in, the place right, and no other program on it?";
		throw new OperatorError("port", "No console at " + place + ": " + reason + ". " + advice);
	}
	return stream;
}

/** Sends what is to be sent, and closes. A TCP port is free again only when the other end knows. */
export async function closePort(port: Duplex): Promise<void> {
	const closed = new Promise((resolve) => port.once("close", resolve));
	if (port instanceof Socket) port.end();
	else port.end(() => port.destroy());
	await closed;
}
