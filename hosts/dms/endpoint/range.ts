/** Byte ranges of RFC 9110 section 14: one range, since nobody needs more of an image at once. */

export interface ByteRange {
	readonly start: number;
	/** Of the byte behind the last. */
	readonly end: number;
}

/**
 * The part of `length` bytes that a `range` field asks for. `undefined`, for all of them, when
 * there is no such field, or one that is not understood: those are ignored, as the standard says.
 */
export function parseRange(
	field: string | null,
	length: number,
): ByteRange | "unsatisfiable" | undefined {
	const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(field ?? "") ?? [];
	if (first === "" && last === "") return undefined;
	if (first === "") {
		const count = Math.min(Number(last), length);
		return count === 0 ? "unsatisfiable" : { start: length - count, end: length };
	}
	const start = Number(first);
	if (last !== "" && Number(last) < start) return undefined;
	if (start >= length) return "unsatisfiable";
	return { start, end: last === "" ? length : Math.min(Number(last) + 1, length) };
}
