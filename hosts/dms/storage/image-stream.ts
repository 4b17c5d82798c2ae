/** An image, or a part of it, as it is sent: many slow clients hold a piece each, and not all. */

import type { ImageStore } from "./images.js";

/** A few packets' worth, and few enough reads. */
const pieceLength = 65_536;

/** What is sent of a file. */
export interface Download {
	/** In bytes. */
	readonly length: number;
	readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

export interface ImagePart {
	readonly digest: string;
	readonly start: number;
	readonly end: number;
}

/** The part behind what is before it; fails where it isn't there any more. */
export function downloadOf(
	images: ImageStore,
	{ digest, start, end }: ImagePart,
	before: Uint8Array = new Uint8Array(),
): Download {
	let at = start;
	const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
		start(controller) {
			if (before.length > 0) controller.enqueue(Uint8Array.from(before));
			if (at === end) controller.close();
		},
		async pull(controller) {
			const next = Math.min(at + pieceLength, end);
			const piece = await images.read(digest, at, next);
			if (piece.length < next - at) throw new Error("the image " + digest + " has lost its end");
			controller.enqueue(Uint8Array.from(piece));
			at = next;
			if (at === end) controller.close();
		},
	});
	return { length: before.length + end - start, stream };
}
