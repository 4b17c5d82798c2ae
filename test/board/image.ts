/** An image as a processor takes it, without a board around it. */

import { programImage } from "../../hosts/board/boot.js";
import { Partition } from "../../hosts/board/flash.js";
import {
	boardPlatform,
	encodeImage,
	type Image,
	type Module,
	readImage,
} from "../../hosts/board/image.js";
import { Power } from "../../hosts/board/power.js";
import { MemoryState } from "../../hosts/board/state.js";

export function imageOf(bytes: Uint8Array): Image {
	const state = new MemoryState();
	programImage(state, bytes);
	const image = readImage(new Partition("ota_0", state, new Power()));
	if (image === undefined) throw new Error("that is no image");
	return image;
}

const head = { platform: boardPlatform, version: "1.0.0.0", built: "2026-01-01T00:00:00Z" };

/**
 * A program as flash has it. The default export of `source` is its start: it gets `call`, and
 * returns what takes the board's messages.
 */
export function encodedProgram(source: string, modules: readonly Module[] = []): Uint8Array {
	return encodeImage(head, [...modules, { name: "main.js", source }]);
}
