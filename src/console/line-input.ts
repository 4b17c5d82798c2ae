/** What a console reads its lines by, and who lends it the port. */

import type { LineProblem } from "../terminal/line.js";

/** Bytes in, lines out. */
export interface LineInput {
	/** Bytes were lost before those that come next. */
	tear(): void;
	/** A line is whole and waits to be taken. */
	readonly hasLine: boolean;
	/** Takes bytes up to the end of a line, if there is one; returns how many it took. */
	take(bytes: Uint8Array): number;
	/** Takes the whole line, and begins anew. */
	takeLine(): { line: string; problem?: LineProblem };
}

/** Whose serial port it is that frames come on. */
export interface FrameOwner {
	/** Sends a frame, on a line of its own. */
	sendFrame(frame: Uint8Array): void;
	/** Offers no byte until `answered` resolves; then first the bytes that it resolves with. */
	afterFrame(answered: Promise<Uint8Array | void>): void;
}
