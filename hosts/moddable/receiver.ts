/** What has come over a line and waits for the program: the SDK's Serial keeps only the FIFO. */

import Timer from "timer";

/** The longest line of a console is a quarter of it; the rest is for what is typed ahead. */
const receiverBytes = 4096;

export class Receiver {
	private readonly onGap: () => void;
	private readonly bytes = new Uint8Array(receiverBytes);
	length = 0;
	/** Bytes are missing behind the last that waits. */
	private hasGap = false;
	private news: Timer | undefined;

	/** Calls `onGap` when all before a gap has been taken; never from inside the program's call. */
	constructor(onGap: () => void) {
		this.onGap = onGap;
	}

	/** Keeps what has come, whole or not at all: there is no gap but at the end. */
	put(bytes: Uint8Array): void {
		if (this.hasGap || this.length + bytes.length > receiverBytes) {
			this.tear();
			return;
		}
		this.bytes.set(bytes, this.length);
		this.length += bytes.length;
	}

	/** What has come was not all: until the program knows of it nothing more is kept. */
	tear(): void {
		this.hasGap = true;
		this.tellOfGap();
	}

	/** All, or the first so many. */
	take(byteLength = this.length): Uint8Array | undefined {
		const count = Math.min(byteLength, this.length);
		if (count <= 0) return undefined;
		const bytes = this.bytes.slice(0, count);
		this.bytes.copyWithin(0, count, this.length);
		this.length -= count;
		this.tellOfGap();
		return bytes;
	}

	/** Tells nothing more. */
	close(): void {
		if (this.news !== undefined) Timer.clear(this.news);
		this.news = undefined;
	}

	/** What comes after is whole again. */
	private tellOfGap(): void {
		if (!this.hasGap || this.length > 0 || this.news !== undefined) return;
		this.news = Timer.set(() => {
			this.news = undefined;
			this.hasGap = false;
			this.onGap();
		}, 0);
	}
}
