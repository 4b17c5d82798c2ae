/** An image as a processor takes it, without a board around it. */

import { programImage } from "../../hosts/board/boot.js";
import { Partition } from "../../hosts/board/flash.js";
import { type Image, readImage } from "../../hosts/board/image.js";
import { Power } from "../../hosts/board/power.js";
import { MemoryState } from "../../hosts/board/state.js";

export function imageOf(bytes: Uint8Array): Image {
	const state = new MemoryState();
	programImage(state, bytes);
	const image = readImage(new Partition("ota_0", state, new Power()));
	if (image === undefined) throw new Error("that is no image");
	return image;
}
