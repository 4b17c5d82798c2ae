/**
 * The inputs that fuzzing begins with, in `corpus/`: one input a line, as hexadecimal digits or as
 * a JSON text. A line that begins with `#` is for the reader.
 */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../../test/fuzz/corpus/", import.meta.url));

export function readCorpus(name: string): Uint8Array[] {
	const path = folder + name + ".txt";
	if (!existsSync(path)) return [];
	const lines = readFileSync(path, "utf8").split("\n");
	return lines.filter((line) => line !== "" && !line.startsWith("#")).map(inputOf);
}

function inputOf(line: string): Uint8Array {
	if (!line.startsWith('"')) return Uint8Array.from(Buffer.from(line, "hex"));
	return Uint8Array.from(Buffer.from(String(JSON.parse(line))));
}
