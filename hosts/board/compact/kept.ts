/** What has been made, as `build/device` keeps it: each begins with a digest of its sources. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where compiled modules are. */
export const buildFolder = fileURLToPath(new URL("../../../", import.meta.url));

export const deviceFolder = join(buildFolder, "device");

/**
 * The text at `way` below `build/device`: as it is kept, if that was made of the same sources;
 * otherwise made anew.
 */
export function keptText(way: string, sources: Iterable<string>, make: () => string): string {
	const hash = createHash("sha256");
	for (const source of sources) hash.update(source).update("\0");
	const head = "// " + hash.digest("hex") + "\n";
	const path = join(deviceFolder, way);
	const known = readIfThere(path);
	if (known?.startsWith(head) === true) return known;
	const text = head + make() + "\n";
	writeWhole(path, text);
	return text;
}

/** Other processes read it meanwhile. */
export function writeWhole(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true });
	const written = `${path}.${process.pid}`;
	writeFileSync(written, text);
	renameSync(written, path);
}

export function readIfThere(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}
