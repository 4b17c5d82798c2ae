/** The slot that doesn't run, in the shape of Moddable's flash. */

import type { Flash, FlashStorage } from "../../../src/host.js";
import { bufferFrom, type Call, numberFrom } from "./link.js";

export class BoardFlashStorage implements FlashStorage {
	private readonly call: Call;

	constructor(call: Call) {
		this.call = call;
	}

	open(): Flash {
		this.call("flash.open");
		return new BoardFlash(this.call);
	}
}

class BoardFlash implements Flash {
	private readonly call: Call;

	constructor(call: Call) {
		this.call = call;
	}

	status(): { readonly blocks: number; readonly blockLength: number } {
		return {
			blocks: numberFrom(this.call("flash.blocks")),
			blockLength: numberFrom(this.call("flash.blockLength")),
		};
	}

	eraseBlock(index: number): void {
		this.call("flash.erase", index);
	}

	read(byteLength: number, position: number): ArrayBuffer {
		return bufferFrom(this.call("flash.read", byteLength, position)) ?? new ArrayBuffer(0);
	}

	write(bytes: Uint8Array, position: number): void {
		this.call("flash.write", bytes, position);
	}

	close(): void {
		// The board keeps nothing open.
	}
}
