/** How each frame of the Improv Wi-Fi Serial standard begins: `IMPROV` and the version. */

/** The letters that every frame begins with. */
export const frameLetters: readonly number[] = Object.freeze([0x49, 0x4d, 0x50, 0x52, 0x4f, 0x56]);
/** Follows them. */
export const frameVersion = 1;

/** How many bytes every frame begins with: nobody types these. */
export const beginningLength = 7;

/** How many bytes of a frame's beginning have come, when so many had before this byte. */
export function matchedWith(byte: number, matched: number): number {
	const next = frameLetters[matched] ?? frameVersion;
	if (matched < beginningLength && byte === next) return matched + 1;
	return byte === frameLetters[0] ? 1 : 0;
}
