/** What the manifest says of the firmware, in its `config`. */

import config from "mc/config";
import { fromHex } from "../../src/encoding/bytes.js";
import { version } from "../../src/version.js";

/** Version of the firmware, four numbers; the library's own where the manifest has none. */
export function firmwareVersion(): string {
	return textOf(config.version) ?? version;
}

/** When it was built: ISO 8601, UTC; the build scripts set it. */
export function firmwareBuilt(): string {
	return textOf(config.built) ?? "1970-01-01T00:00:00Z";
}

/** Of the platform's publisher, 130 hexadecimal digits; empty where the manifest has none. */
export function firmwarePlatformKey(): Uint8Array {
	return fromHex(textOf(config.platformKey) ?? "") ?? new Uint8Array(0);
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
