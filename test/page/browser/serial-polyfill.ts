/**
 * `navigator.serial` with one port, whose other end is in the test's process: what Chrome's does
 * with streams, signals, a cable that comes out, and a port that somebody else has.
 *
 * A script and no module: the browser runs it before the page's own.
 */

/** What the test's process is told; it answers when it has heard. */
type Told =
	| { readonly kind: "open"; readonly baudRate: number }
	| { readonly kind: "close" }
	| { readonly kind: "write"; readonly bytes: readonly number[] }
	| { readonly kind: "signals"; readonly signals: SerialOutputSignals };

interface Window {
	/** The test's. `open` is answered with what keeps it from being opened, if something does. */
	tellCable(told: Told): Promise<"" | "busy" | "out">;
	/** For the test. */
	cable: {
		receive(bytes: readonly number[]): void;
		unplug(): void;
		plug(): void;
	};
}

(() => {
	const lost = (): DOMException => new DOMException("The device has been lost.", "NetworkError");
	let isIn = true;

	class Port extends EventTarget {
		#isOpen = false;
		#incoming: ReadableStreamDefaultController<Uint8Array> | undefined;
		#readable: ReadableStream<Uint8Array> | null = null;
		#writable: WritableStream<Uint8Array> | null = null;

		/** As Chrome's: one that was cancelled is followed by another as long as the port is open. */
		get readable(): ReadableStream<Uint8Array> | null {
			if (!this.#isOpen || !isIn) return null;
			this.#readable ??= new ReadableStream<Uint8Array>({
				start: (controller) => {
					this.#incoming = controller;
				},
				cancel: () => {
					this.#incoming = undefined;
					this.#readable = null;
				},
			});
			return this.#readable;
		}

		get writable(): WritableStream<Uint8Array> | null {
			if (!this.#isOpen || !isIn) return null;
			this.#writable ??= new WritableStream<Uint8Array>({
				async write(bytes) {
					if (!isIn) throw lost();
					await window.tellCable({ kind: "write", bytes: [...bytes] });
				},
			});
			return this.#writable;
		}

		async open({ baudRate }: SerialOptions): Promise<void> {
			if (this.#isOpen) throw new DOMException("The port is already open.", "InvalidStateError");
			const answer = isIn ? await window.tellCable({ kind: "open", baudRate }) : "out";
			if (answer !== "") throw new DOMException("Failed to open serial port.", "NetworkError");
			this.#isOpen = true;
		}

		async close(): Promise<void> {
			if (!this.#isOpen) throw new DOMException("The port is closed.", "InvalidStateError");
			if (this.#readable?.locked || this.#writable?.locked) {
				throw new TypeError("Cannot close a port whose streams are locked.");
			}
			this.#forget();
			await window.tellCable({ kind: "close" });
		}

		async setSignals(signals: SerialOutputSignals): Promise<void> {
			if (!this.#isOpen || !isIn) throw lost();
			await window.tellCable({ kind: "signals", signals });
		}

		getInfo(): SerialPortInfo {
			return { usbVendorId: 0x10c4, usbProductId: 0xea60 };
		}

		receive(bytes: readonly number[]): void {
			if (this.#isOpen && isIn) this.#incoming?.enqueue(Uint8Array.from(bytes));
		}

		lose(): void {
			this.#incoming?.error(lost());
			this.#incoming = undefined;
			this.#readable = this.#writable = null;
			this.dispatchEvent(new Event("disconnect", { bubbles: true }));
		}

		#forget(): void {
			this.#isOpen = false;
			this.#readable = this.#writable = null;
			this.#incoming = undefined;
		}
	}

	const port = new Port();
	window.cable = {
		receive: (bytes) => port.receive(bytes),
		unplug() {
			isIn = false;
			port.lose();
		},
		plug: () => (isIn = true),
	};
	const serial = {
		async requestPort() {
			if (!navigator.userActivation.isActive) {
				throw new DOMException("Must be handling a user gesture.", "SecurityError");
			}
			if (!isIn) throw new DOMException("No port selected by the user.", "NotFoundError");
			return port;
		},
		getPorts: async () => (isIn ? [port] : []),
	};
	Object.defineProperty(navigator, "serial", { value: serial });
})();
