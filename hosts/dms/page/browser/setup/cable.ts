/** The serial port that the device is at: chosen once, opened again after the cable was out. */

import { SetupError } from "./setup-error.js";

/** Of the device's console. */
const baudRate = 115_200;

const outSentence =
	"The cable is out, or the device has gone. Plug it in, wait a moment, and press Again.";
const busySentence =
	"The port can't be opened. Close whatever else uses it, such as a terminal, or plug the cable " +
	"in again.";
const noneSentence =
	"No port was chosen. Plug the device in by USB, and choose its port in the browser's list.";

export class Cable {
	#port: SerialPort | undefined;
	#isLost = false;

	/** Does something with the open port, and rejects as soon as the cable is out. */
	async use<T>(act: (port: SerialPort) => Promise<T>): Promise<T> {
		const port = await this.#open();
		return this.#watch(port, act(port));
	}

	/** The same with a port that `act` opens itself. */
	async lend<T>(act: (port: SerialPort) => Promise<T>): Promise<T> {
		const port = await this.#open();
		await port.close();
		return this.#watch(port, act(port));
	}

	/** Leaves the port to others. */
	async close(): Promise<void> {
		await this.#port?.close().catch(() => undefined);
		this.#port = undefined;
	}

	async #watch<T>(port: SerialPort, work: Promise<T>): Promise<T> {
		const over = new AbortController();
		const lost = new Promise<never>((_, reject) => {
			const onLost = (): void => {
				this.#isLost = true;
				reject(new SetupError(outSentence));
			};
			port.addEventListener("disconnect", onLost, { signal: over.signal });
		});
		work.catch(() => undefined); // When the cable is out, what else fails by that is no news.
		try {
			return await Promise.race([work, lost]);
		} finally {
			over.abort();
		}
	}

	async #open(): Promise<SerialPort> {
		const known = this.#port;
		if (known !== undefined && !this.#isLost && known.readable && known.writable) return known;
		if (known !== undefined) {
			await known.close().catch(() => undefined);
			const isOpen = await known.open({ baudRate }).then(
				() => true,
				() => false,
			);
			this.#isLost = !isOpen;
			if (isOpen) return known;
		}
		const port = await choosePort();
		try {
			await port.open({ baudRate });
		} catch {
			throw new SetupError(busySentence);
		}
		this.#port = port;
		this.#isLost = false;
		return port;
	}
}

/** Only the person can: the browser shows a list, when a button was pressed just now. */
async function choosePort(): Promise<SerialPort> {
	try {
		return await navigator.serial.requestPort();
	} catch {
		throw new SetupError(noneSentence);
	}
}
