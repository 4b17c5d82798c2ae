/**
 * Types the transcripts' lines at the device and writes down what it says now. Look at the
 * difference before you keep it.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { formatTranscript, parseTranscript, play } from "./transcript.js";

const folder = fileURLToPath(new URL("../../../test/console/transcripts/", import.meta.url));

for (const name of readdirSync(folder)) {
	const text = readFileSync(folder + name, "utf8");
	const [subject = ""] = text.split("\n");
	const lines = parseTranscript(text).map(({ typed }) => typed);
	writeFileSync(folder + name, formatTranscript(subject, await play("v8", lines)));
}
