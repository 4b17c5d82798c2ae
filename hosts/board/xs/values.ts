/** Values between the board and the XS program; program/program.h says what they look like. */

import type { Value } from "../processor.js";

export function encodeValues(values: readonly Value[]): Buffer {
	return values.length === 1 ? encodeValue(values[0]) : Buffer.concat(values.map(encodeValue));
}

/** What the program gets in place of an answer: it is thrown there. */
export function encodeError(message: string): Buffer {
	return withLength("e", Buffer.from(message));
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

/** The values that `payload` holds; of bytes each is a copy. */
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
