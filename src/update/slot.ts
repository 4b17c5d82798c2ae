/** The slot that doesn't run, filled with an image: written as it comes, checked as it landed. */

import { equal } from "../encoding/bytes.js";
import type { Boot, Digest, Flash, Host } from "../host.js";
import { pieceLength, type Sink } from "../network/http.js";
import { DfuError, DfuStatus } from "./status.js";

/** What an image must look like: a part of its signed statement. */
export interface ImagePlan {
	/** In bytes. */
	readonly length: number;
	/** SHA-256 of all of it: 32 bytes. */
	readonly digest: Uint8Array;
	/** Bytes of each block but the last: a multiple of the flash's erase block. */
	readonly blockLength: number;
	/** SHA-256 of each block, one behind the other. */
	readonly blockDigests: Uint8Array;
}

const digestLength = 32;

/**
 * Nothing is kept of how far a download has come: after a reset, what lies in the slot says so.
 */
export class Slot implements Sink {
	private readonly crypto: Host["crypto"];
	private readonly plan: ImagePlan;
	private readonly flash: Flash;
	/** Bytes that have come and are not written yet: flash is written in whole pieces. */
	private readonly piece = new Uint8Array(pieceLength);
	private pieceLength = 0;
	/** Where the piece goes to. */
	private position = 0;
	private readonly onBlock: (percent: number) => void;

	/** `onBlock` hears how much of the image is there, after each block that has landed well. */
	constructor(
		{ crypto, flash }: Pick<Host, "crypto" | "flash">,
		plan: ImagePlan,
		onBlock: (percent: number) => void,
	) {
		this.crypto = crypto;
		this.plan = plan;
		this.onBlock = onBlock;
		this.flash = flash.open({ path: "nextota", mode: "r+" });
		const { blocks, blockLength } = this.flash.status();
		const isFitting = plan.length <= blocks * blockLength && plan.blockLength % blockLength === 0;
		if (!isFitting) throw new DfuError(DfuStatus.ImageTooLong);
	}

	/** Up to where the slot holds the image, in bytes: whole blocks, or all of it. */
	find(): number {
		const { length, blockLength } = this.plan;
		let position = 0;
		while (position < length && this.holdsBlock(position)) position += blockLength;
		this.position = Math.min(position, length);
		this.pieceLength = 0;
		return this.position;
	}

	/** After a download has broken off: back to the start of the block that was under way. */
	rewind(): number {
		this.position -= this.position % this.plan.blockLength;
		this.pieceLength = 0;
		return this.position;
	}

	get isFull(): boolean {
		return this.position === this.plan.length;
	}

	/** What is missing, as the field `range` of a request. */
	get range(): string {
		return "bytes=" + this.position + "-" + (this.plan.length - 1);
	}

	/** Whether all that the slot holds is the image. */
	isWhole(): boolean {
		const { length, digest } = this.plan;
		return equal(this.digestOf(0, length), digest);
	}

	/** The bytes to come must be all from where the image is missing on. */
	begin(byteLength: number, range: string): void {
		const { length } = this.plan;
		const expected = "bytes " + this.position + "-" + (length - 1) + "/" + length;
		if (range !== expected || byteLength !== length - this.position) {
			throw new DfuError(DfuStatus.BadImageReply);
		}
	}

	take(bytes: Uint8Array): void {
		for (let offset = 0; offset < bytes.length;) {
			const room = Math.min(pieceLength - this.pieceLength, bytes.length - offset);
			this.piece.set(bytes.subarray(offset, offset + room), this.pieceLength);
			this.pieceLength += room;
			offset += room;
			const end = this.position + this.pieceLength;
			if (this.pieceLength === pieceLength || end === this.plan.length) this.writePiece();
		}
	}

	close(): void {
		this.flash.close();
	}

	private writePiece(): void {
		const { length, blockLength } = this.plan;
		const start = this.position;
		this.write(this.piece.subarray(0, this.pieceLength), start);
		this.position += this.pieceLength;
		this.pieceLength = 0;
		if (this.position % blockLength !== 0 && !this.isFull) return;
		if (!this.holdsBlock(start - (start % blockLength))) {
			throw new DfuError(DfuStatus.ApplicationFileInvalid);
		}
		this.onBlock(Math.floor((this.position * 100) / length));
	}

	private write(bytes: Uint8Array, position: number): void {
		try {
			if (position % this.plan.blockLength === 0) this.erase(position);
			this.flash.write(bytes, position);
		} catch {
			throw new DfuError(DfuStatus.StorageFailed);
		}
	}

	private read(byteLength: number, position: number): Uint8Array {
		try {
			return new Uint8Array(this.flash.read(byteLength, position));
		} catch {
			throw new DfuError(DfuStatus.StorageFailed);
		}
	}

	private erase(position: number): void {
		const { blockLength } = this.flash.status();
		const end = Math.min(position + this.plan.blockLength, this.plan.length);
		for (let index = position / blockLength; index * blockLength < end; index++) {
			this.flash.eraseBlock(index);
		}
	}

	private holdsBlock(position: number): boolean {
		const { length, blockLength, blockDigests } = this.plan;
		const start = (position / blockLength) * digestLength;
		const digest = this.digestOf(position, Math.min(blockLength, length - position));
		return equal(digest, blockDigests.subarray(start, start + digestLength));
	}

	private digestOf(position: number, byteLength: number): Uint8Array {
		const digest: Digest = this.crypto.digest();
		const end = position + byteLength;
		for (let start = position; start < end; start += pieceLength) {
			digest.write(this.read(Math.min(pieceLength, end - start), start));
		}
		return digest.close();
	}
}

/** Flash that fails is no fault of the image: who is on trial tries again. Throws a `DfuError`. */
export function confirm(boot: Pick<Boot, "confirm">): void {
	try {
		boot.confirm();
	} catch {
		throw new DfuError(DfuStatus.StorageFailed);
	}
}
