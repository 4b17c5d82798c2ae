/**
 * Stands for `utils/utf8` of `@msgpack/msgpack`, whose own needs globals that a device doesn't
 * have.
 */

import { utf8Decode as decodeText, utf8Length, utf8Write } from "../../../src/encoding/utf8.js";

export function utf8Count(text: string): number {
	return utf8Length(text);
}

export function utf8Encode(text: string, output: Uint8Array, outputOffset: number): void {
	utf8Write(text, output, outputOffset);
}

export function utf8Decode(bytes: Uint8Array, inputOffset: number, byteLength: number): string {
	return decodeText(bytes, inputOffset, inputOffset + byteLength);
}

export const utf8DecodeJs = utf8Decode;
