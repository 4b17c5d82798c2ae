/** What the manifest says of the firmware, in its `config`, and how its faults end. */

import config from "mc/config";
import { fromHex } from "../../src/encoding/bytes.js";
import { version } from "../../src/version.js";
import { wordsOf } from "./guard.js";

export abstract class FirmwareSystem {
	/** Version of the firmware, four numbers; the library's own where the manifest has none. */
	readonly version = textOf(config.version) ?? version;
	/** When it was built: ISO 8601, UTC; the build scripts set it. */
	readonly built = textOf(config.built) ?? "1970-01-01T00:00:00Z";
	/** Of the platform's publisher, 130 hexadecimal digits; empty where the manifest has none. */
	readonly platformKey = fromHex(textOf(config.platformKey) ?? "") ?? new Uint8Array(0);

	/** Ends the program so that the next boot knows: during a trial it counts against the image. */
	fail(error: unknown): void {
		trace("a fault of the program: " + wordsOf(error) + "\n");
		this.panic();
	}

	protected abstract panic(): void;
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" ? value : undefined;
}
