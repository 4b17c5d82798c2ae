/** Updates, as a firmware that takes some hands them to its device. */

import type { Copies } from "../storage/record-store.js";
import { Dfu } from "./dfu.js";
import type { DfuOwner } from "./owner.js";
import type { Running } from "./record.js";
import { UpdateStore } from "./update-store.js";

export interface Updates {
	/** Made before all that can fail: it knows whether a trial did. */
	store(storage: Copies, running: Running): UpdateStore;
	dfu(owner: DfuOwner, store: UpdateStore): Dfu;
}

export const updates: Updates = Object.freeze({
	store: (storage: Copies, running: Running) => new UpdateStore(storage, running),
	dfu: (owner: DfuOwner, store: UpdateStore) => new Dfu(owner, store),
});
