/** What has come over a line and waits for the program: the SDK's Serial keeps only the FIFO. */

/** The longest line of a console is a quarter of it; the rest is for what is typed ahead. */
const receiverBytes = 4096;

export class Receiver {
	readonly #bytes = new Uint8Array(receiverBytes);
	#length = 0;
	#hasGap = false;

	get length(): number {
		return this.#length;
	}

	/** Whether bytes are missing behind the last that waits. */
	get hasGap(): boolean {
		return this.#hasGap;
	}

	/** Keeps what has come, whole or not at all: there is no gap but at the end. */
	put(bytes: Uint8Array): void {
		if (this.#hasGap || this.#length + bytes.length > receiverBytes) {
			this.#hasGap = true;
			return;
		}
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.length;
	}

	/** What has come was not all: until `close` nothing more is kept. */
	tear(): void {
		this.#hasGap = true;
	}

	/** All, or the first so many. */
	take(byteLength = this.#length): Uint8Array | undefined {
		const count = Math.min(byteLength, this.#length);
		if (count <= 0) return undefined;
		const bytes = this.#bytes.slice(0, count);
		this.#bytes.copyWithin(0, count, this.#length);
		this.#length -= count;
		return bytes;
	}

	/** The program knows of the gap; what comes next is whole again. */
	closeGap(): void {
		this.#hasGap = false;
	}
}
