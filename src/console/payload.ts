/** What of an answer goes over the serial line, and how long it is. */

import type { Answer, Lines } from "../device.js";
import { visibleBytes } from "../encoding/visible.js";
import { byteLengthOf } from "./streams.js";

const lineEndLength = 2;

/** An answer as it is sent: lines through the filter, bytes as they are. */
export function shownAnswer(answer: Answer): Uint8Array | Lines | undefined {
	if (typeof answer === "string") return visibleBytes(answer);
	if (answer === undefined || typeof answer === "function") return answer;
	if (answer instanceof Uint8Array) return answer;
	return (index) => answer[index];
}

/** The bytes of an answer with its last line end. */
export function payloadLength(answer: Uint8Array | Lines | undefined): number {
	if (answer === undefined) return 0;
	return typeof answer === "function" ? byteLengthOf(answer) : answer.length + lineEndLength;
}
