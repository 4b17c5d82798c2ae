/** Frames between the board and the XS process; link.c says what they look like. */

import type { Value } from "./processor.js";

export const FrameType = {
	Image: "I",
	Message: "M",
	Collect: "G",
	Survey: "S",
	Result: "R",
	Error: "E",
	Call: "C",
	Done: "D",
	Exit: "X",
} as const;

export type FrameType = (typeof FrameType)[keyof typeof FrameType];

const headLength = 5;

export function encodeFrame(type: FrameType, payload: Uint8Array): Buffer {
	const head = Buffer.alloc(headLength);
	head.writeUInt32LE(payload.length + 1);
	head.write(type, 4, "latin1");
	return Buffer.concat([head, payload]);
}

export function encodeValues(values: readonly Value[]): Buffer {
	return Buffer.concat(values.map(encodeValue));
}

function encodeValue(value: Value): Buffer {
	if (value === undefined) return Buffer.from("u");
	if (value === null) return Buffer.from("n");
	if (typeof value === "boolean") return Buffer.from(value ? "t" : "f");
	if (typeof value === "string") return withLength("s", Buffer.from(value));
	if (value instanceof Uint8Array) return withLength("b", value);
	const isInteger = Number.isInteger(value) && Math.abs(value) < 2 ** 31 && !Object.is(value, -0);
	const bytes = Buffer.alloc(isInteger ? 5 : 9);
	bytes.write(isInteger ? "i" : "d", "latin1");
	if (isInteger) bytes.writeInt32LE(value, 1);
	else bytes.writeDoubleLE(value, 1);
	return bytes;
}

function withLength(letter: string, content: Uint8Array): Buffer {
	const head = Buffer.alloc(5);
	head.write(letter, "latin1");
	head.writeUInt32LE(content.length, 1);
	return Buffer.concat([head, content]);
}

export function decodeValues(payload: Buffer): Value[] {
	const values: Value[] = [];
	for (let offset = 0; offset < payload.length;) {
		const letter = String.fromCharCode(payload.readUInt8(offset++));
		switch (letter) {
			case "i":
				values.push(payload.readInt32LE(offset));
				offset += 4;
				break;
			case "d":
				values.push(payload.readDoubleLE(offset));
				offset += 8;
				break;
			case "s":
			case "b": {
				const start = offset + 4;
				offset = start + payload.readUInt32LE(offset);
				const content = payload.subarray(start, offset);
				values.push(letter === "s" ? content.toString() : Uint8Array.from(content));
				break;
			}
			default:
				values.push(
					letter === "t" ? true : letter === "f" ? false : letter === "n" ? null : undefined,
				);
		}
	}
	return values;
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
	#bytes = Buffer.alloc(0);

	/** The frames that are whole now that `bytes` have come. */
	take(bytes: Uint8Array): { type: string; payload: Buffer }[] {
		this.#bytes = Buffer.concat([this.#bytes, bytes]);
		const frames: { type: string; payload: Buffer }[] = [];
		while (this.#bytes.length >= headLength) {
			const end = 4 + this.#bytes.readUInt32LE();
			if (this.#bytes.length < end) break;
			const type = this.#bytes.toString("latin1", 4, headLength);
			frames.push({ type, payload: Buffer.from(this.#bytes.subarray(headLength, end)) });
			this.#bytes = this.#bytes.subarray(end);
		}
		return frames;
	}
}
