/** The table of widths says what Unicode says, of each character that there is. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { widthOf } from "../../src/terminal/width.js";
import { characterCount, unicodeWidth } from "./unicode-widths.js";

test("each character is as wide as Unicode has it", () => {
	const wrong: string[] = [];
	for (let codePoint = 0x20; codePoint < characterCount; codePoint++) {
		const width = unicodeWidth(codePoint);
		if (width !== undefined && width !== widthOf(codePoint)) wrong.push(codePoint.toString(16));
	}
	assert.deepEqual(wrong, [], "record it anew: node build/test/terminal/record-widths.js");
});
