/** Opens the serial line to a device: a serial port, a pseudo-terminal, or a TCP port. */

import { createConnection, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { OperatorError } from "../operator-error.js";
import type { Line } from "./line.js";
import { SerialPort } from "./serial-port.js";

/** So long may it take to send the last bytes, or the other end to say that it has them. */
const closeTimeoutMilliseconds = 1000;

/** `place` is the path of a serial port or pseudo-terminal, or `tcp:HOST:PORT`. */
export async function openPort(place: string): Promise<Duplex> {
	const address = addressOf(place);
	const stream =
		address === undefined ? new SerialPort(place) : createConnection({ ...address, noDelay: true });
	const isOpenEvent = address === undefined ? "open" : "connect";
	try {
		await new Promise<void>((resolve, reject) => {
			stream.once(isOpenEvent, () => resolve());
			stream.once("error", reject);
		});
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		const advice = "Is the device plugged in, the place right, and no other program on it?";
		const message = "No console at " + place + ": " + reason.replace(/^Error: /, "") + ". ";
		throw new OperatorError("port", message + advice);
	}
	return stream;
}

/** A stream as the line that a console speaks on. */
export function lineOf(stream: Duplex): Line {
	return {
		write: (text) => void stream.write(text),
		listen(onBytes, onLost) {
			stream.on("data", onBytes);
			stream.on("error", onLost);
			// A pseudo-terminal whose other end has gone says no more than this.
			stream.on("end", onLost);
			stream.on("close", onLost);
		},
		close: () => closePort(stream),
	};
}

function addressOf(place: string): { host: string; port: number } | undefined {
	if (!place.startsWith("tcp:")) return undefined;
	const [, host = "", portText] = /^tcp:\[?([^\]]+?)\]?:(\d{1,5})$/.exec(place) ?? [];
	const port = Number(portText);
	if (port > 0 && port <= 0xffff) return { host, port };
	throw new OperatorError("usage", place + " is no place. Write tcp:HOST:PORT.");
}

/**
 * Sends what is to be sent, and closes. A TCP port is free again only when the other end knows; one
 * that never says so isn't waited for.
 */
export async function closePort(port: Duplex): Promise<void> {
	if (port.destroyed) return;
	const closed = new Promise((resolve) => port.once("close", resolve));
	const timer = setTimeout(() => port.destroy(), closeTimeoutMilliseconds);
	if (port instanceof Socket) port.end();
	else port.end(() => port.destroy());
	await closed;
	clearTimeout(timer);
}
