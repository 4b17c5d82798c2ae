/** What the manifest says of the firmware, in its `config`. */

import config from "mc/config";
import { version } from "../../src/version.js";

/** Version of the firmware, four numbers; the library's own where the manifest has none. */
export function firmwareVersion(): string {
	return textOf(config.version) ?? version;
}

/** When it was built: ISO 8601, UTC; the build scripts set it. */
export function firmwareBuilt(): string {
	return textOf(config.built) ?? "1970-01-01T00:00:00Z";
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
