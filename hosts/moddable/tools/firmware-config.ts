/** What a maker's manifest says of the firmware, looked at before it costs a build. */

import { readFileSync } from "node:fs";
import { fromHex } from "../../../src/encoding/bytes.js";
import { isKeyOrSet } from "../../../src/protocol/key-set.js";
import { isVersion } from "../../../src/protocol/version.js";

/**
 * Throws where the manifest at `path` has a version or a platform key in its `config` that is none:
 * else devices in the field are the first to notice, which take no update. A manifest that can't be
 * read is the SDK's affair.
 */
export function checkFirmwareConfig(path: string): void {
	const { version, platformKey } = configIn(path);
	if (version !== undefined && !(typeof version === "string" && isVersion(version))) {
		throw new Error(`The version in ${path} is not four numbers, such as 1.0.0.0.`);
	}
	if (platformKey === undefined) return;
	const key = typeof platformKey === "string" ? fromHex(platformKey) : undefined;
	if (key !== undefined && isKeyOrSet(key)) return;
	const way = "Copy it whole: npx opendms key show <platform>";
	throw new Error(`The platformKey in ${path} is no public key. ${way}`);
}

function configIn(path: string): { readonly [name: string]: unknown } {
	try {
		const { config = {} } = JSON.parse(readFileSync(path, "utf8"));
		return config;
	} catch {
		return {};
	}
}
