/** A slot in a file, with the rules of flash: what is to have bits set must be erased before. */

import { File } from "file";
import type { Flash, FlashStorage } from "../../src/host.js";

const blockLength = 4096;
/** As `hosts/esp32/partitions.csv` has it. */
const blocks = 0x1e0000 / blockLength;

export class FileFlashStorage implements FlashStorage {
	private readonly path: string;

	constructor(path: string) {
		this.path = path;
	}

	open(): Flash {
		return new FileFlash(this.path);
	}
}

class FileFlash implements Flash {
	private readonly file: File;

	constructor(path: string) {
		this.file = new File(path, true);
		for (let index = this.file.length / blockLength; index < blocks; index++) {
			this.eraseBlock(index);
		}
	}

	status(): { readonly blocks: number; readonly blockLength: number } {
		return { blocks, blockLength };
	}

	eraseBlock(index: number): void {
		if (index < 0 || index >= blocks) throw new RangeError("no such block");
		this.file.position = index * blockLength;
		this.file.write(new Uint8Array(blockLength).fill(0xff).buffer);
	}

	read(byteLength: number, position: number): ArrayBuffer {
		checkRange(byteLength, position);
		this.file.position = position;
		return this.file.read(ArrayBuffer, byteLength);
	}

	write(bytes: Uint8Array, position: number): void {
		const result = new Uint8Array(this.read(bytes.length, position));
		for (let index = 0; index < bytes.length; index++) {
			result[index] = (result[index] ?? 0) & (bytes[index] ?? 0);
		}
		this.file.position = position;
		this.file.write(result.buffer);
	}

	close(): void {
		this.file.close();
	}
}

function checkRange(byteLength: number, position: number): void {
	const isInside = position >= 0 && position + byteLength <= blocks * blockLength;
	if (!isInside) throw new RangeError("outside the slot");
}
