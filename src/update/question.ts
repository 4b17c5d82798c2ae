/** What a device says of itself when it asks for an update. */

import { encodeMap } from "../protocol/message-pack.js";
import { platformKeyName } from "../protocol/update.js";
import type { DfuOwner } from "./owner.js";
import { productIn } from "./products.js";
import { pinOf } from "./trust.js";
import type { UpdateStore } from "./update-store.js";

/** Body of `POST /update`; `wanted` is a version that somebody has asked for. */
export function questionOf(
	{ dms, host }: DfuOwner,
	store: UpdateStore,
	wanted: string | undefined,
): Uint8Array {
	const { fields, sequence } = store.read();
	const { platformKey: key, version } = host.system;
	const generation = pinOf(fields)?.generation ?? 0;
	const pinned = { generation, product: productIn(fields) };
	const platformKey = key.length > 0 ? platformKeyName(key, host.crypto) : undefined;
	return encodeMap({ version, sequence, ...pinned, wanted, platformKey, hardware: dms.hardware });
}
