/** The fields of a TLS message, one after the other: RFC 5246, section 4. */

import { byteAt } from "../../../src/encoding/bytes.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";

/** A window on a message's bytes; nothing is copied. Throws `BadReply` for what doesn't fit. */
export class Fields {
	private readonly message: Uint8Array;
	private offset = 0;

	constructor(bytes: Uint8Array) {
		this.message = bytes;
	}

	get isAtEnd(): boolean {
		return this.offset === this.message.length;
	}

	/** All fields so far. */
	get passed(): Uint8Array {
		return this.message.subarray(0, this.offset);
	}

	bytes(byteLength: number): Uint8Array {
		const start = this.offset;
		if (start + byteLength > this.message.length) throw new DmsError(DmsResult.BadReply);
		this.offset += byteLength;
		return this.message.subarray(start, this.offset);
	}

	/** Big-endian. */
	uint(byteLength: number): number {
		const bytes = this.bytes(byteLength);
		let value = 0;
		for (let index = 0; index < byteLength; index++) value = value * 256 + byteAt(bytes, index);
		return value;
	}

	/** What has its length in front, in so many bytes. */
	vector(lengthBytes: number): Uint8Array {
		return this.bytes(this.uint(lengthBytes));
	}

	expect(byteLength: number, value: number): void {
		if (this.uint(byteLength) !== value) throw new DmsError(DmsResult.BadReply);
	}

	end(): void {
		if (!this.isAtEnd) throw new DmsError(DmsResult.BadReply);
	}
}
