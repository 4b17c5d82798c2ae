/** How an update stands on a device, in words. */

import { DfuStatus, dfuSentence } from "../../../src/update/status.js";

const known: readonly number[] = Object.values(DfuStatus);

/** What a device has reported, as the device says it itself. `status` is its `dfu.status`. */
export function statusSentence(status: number): string {
	return isKnown(status)
		? dfuSentence(status)
		: `An end that this service doesn't know: ${status}.`;
}

function isKnown(status: number): status is DfuStatus {
	return known.includes(status);
}
