/**
 * Random bytes of two sources: noise that was gathered before the radio was on, and the chip's
 * generator whenever some are wanted. ESP-IDF calls that one pseudo-random while the radio sleeps,
 * as it does between the beacons of a network and while there is none: a device's key is made then.
 */

import { concatenate } from "../../src/encoding/bytes.js";

const blockLength = 32;

export class EntropyPool {
	private readonly sha256: (bytes: Uint8Array) => Uint8Array;
	private readonly generate: (byteLength: number) => Uint8Array;
	private state: Uint8Array;

	/** `noise`: 32 bytes or more. The state goes on with each block, and can't be led back. */
	constructor(
		noise: Uint8Array,
		sha256: (bytes: Uint8Array) => Uint8Array,
		generate: (byteLength: number) => Uint8Array,
	) {
		this.sha256 = sha256;
		this.generate = generate;
		this.state = sha256(noise);
	}

	read(byteLength: number): Uint8Array {
		const bytes = new Uint8Array(byteLength);
		for (let offset = 0; offset < byteLength; offset += blockLength) {
			this.state = this.sha256(concatenate(this.state, this.generate(blockLength)));
			const block = this.sha256(concatenate(this.state, Uint8Array.of(1)));
			bytes.set(block.subarray(0, byteLength - offset), offset);
		}
		return bytes;
	}
}
