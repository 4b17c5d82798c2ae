/** A serial port or pseudo-terminal as a stream of Node's, which ends. */

import { read } from "node:fs";
import { promisify } from "node:util";
import { autoDetect, BindingsError, WindowsPortBinding } from "@serialport/bindings-cpp";
import { SerialPortStream } from "@serialport/stream";

/** The device's rate: 8 data bits, no parity, 1 stop bit, no flow control. */
const baudRate = 115_200;

const readFile = promisify(read);

type Binding = ReturnType<typeof autoDetect>;
type PortBinding = Awaited<ReturnType<Binding["open"]>>;
type PollingBinding = Exclude<PortBinding, WindowsPortBinding>;

export class SerialPort extends SerialPortStream<Binding> {
	constructor(path: string) {
		super({ binding: autoDetect(), path, baudRate });
		this.once("open", () => {
			const { port } = this;
			if (port === undefined || port instanceof WindowsPortBinding) return;
			port.read = (buffer, offset, length) => readOrEnd(port, buffer, offset, length);
		});
	}

	/** The library's stream has none: the port would stay open, and keep the process. */
	override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
		if (this.isOpen) this.close(() => callback(error));
		else callback(error);
	}
}

/**
 * In place of the library's, which asks a port that has hung up, and so answers with nothing, again
 * and again for ever.
 */
async function readOrEnd(
	port: PollingBinding,
	buffer: Buffer,
	offset: number,
	length: number,
): Promise<{ buffer: Buffer; bytesRead: number }> {
	for (;;) {
		try {
			const { bytesRead } = await readFile(requireOpen(port), buffer, offset, length, null);
			if (bytesRead > 0) return { buffer, bytesRead };
			throw new BindingsError("the port has hung up");
		} catch (error) {
			if (!isNotYet(error)) throw error;
			requireOpen(port); // To poll one that was closed meanwhile ends the process.
		}
		await new Promise<void>((resolve, reject) => {
			port.poller.once("readable", (error: Error | null) => (error ? reject(error) : resolve()));
		});
	}
}

function requireOpen({ fd }: PollingBinding): number {
	if (fd !== null) return fd;
	throw new BindingsError("the port is closed", { canceled: true });
}

function isNotYet(error: unknown): boolean {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	return code === "EAGAIN" || code === "EWOULDBLOCK" || code === "EINTR";
}
