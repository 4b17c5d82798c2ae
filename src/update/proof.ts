/** How an image that is on trial proves itself, or goes back to the one before. */

import type { Host } from "../host.js";
import { waitAfter } from "../network/retry.js";
import type { MessagePackMap } from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { unproven, withTrial } from "./record.js";
import { confirm } from "./slot.js";
import { passWhenReached } from "./status.js";
import type { UpdateStore } from "./update-store.js";

/**
 * A new image that has not reached the service in this time goes back to the one before, which then
 * finds out whether the service was out of reach or the image is no good.
 */
export const trialMilliseconds = 600_000;

/**
 * Resolves when the image that runs has reached the service, with what `send` sends, and is
 * confirmed. Restarts the device when its time is over before.
 */
export async function prove(
	host: Host,
	store: UpdateStore,
	send: () => Promise<unknown>,
): Promise<void> {
	/** The last word of the service was that the signature is wrong. */
	let isDoubted = false;
	host.timer.set(() => giveUp(host, store, isDoubted), trialMilliseconds);
	for (let failures = 1; ; failures++) {
		try {
			await send().catch(passWhenReached);
			confirm(host.boot);
			return;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
			isDoubted = error.result === DmsResult.SignatureRefused;
			await waitAfter(failures, host);
		}
	}
}

/** The trial is over without an end: what it was, the image before will find out. */
function giveUp(host: Host, store: UpdateStore, isDoubted: boolean): void {
	if (!host.boot.isOnTrial) return;
	const record = store.read();
	const { trial } = record;
	goBack(host, store, trial && withTrial(record, unproven(trial, isDoubted)));
}

/** To the image before, whether or not it can be told why. */
export function goBack(host: Host, store: UpdateStore, fields: MessagePackMap | undefined): void {
	try {
		if (fields !== undefined) store.write(fields);
	} finally {
		host.system.restart();
	}
}
