/** UTF-8: what is text comes back as it was, and what isn't still becomes text. */

import { isUtf8, utf8Decode, utf8Encode, utf8Length } from "../../../src/encoding/utf8.js";
import { isTrue } from "../../device/check.js";
import { sameBytes } from "../../contract/pattern.js";
import type { Probe } from "./probe.js";

export const utf8Probe: Probe = Object.freeze<Probe>({
	lengthMaximum: 512,
	allocationBase: 2048,
	allocationFactor: 16,
	run: (input) => {
		const text = utf8Decode(input);
		const encoded = utf8Encode(text);
		isTrue(utf8Length(text) === encoded.length, "the length is that of the bytes");
		isTrue(isUtf8(encoded), "what is encoded is UTF-8");
		if (!isUtf8(input)) {
			isTrue(encoded.length >= input.length, "nothing is left out");
			return "replaced " + Math.min(encoded.length - input.length, 20);
		}
		sameBytes(encoded, input);
		return "text of " + Math.min(input.length, 20);
	},
});
