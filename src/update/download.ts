/** Gets an image into the other slot, over as many connections as it takes. */

import { isTransient } from "../dms/service.js";
import { isOfNetwork } from "../network/join.js";
import { waitAfter } from "../network/retry.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { bundlePath, type Statement } from "../protocol/update.js";
import type { DfuOwner } from "./owner.js";
import { Slot } from "./slot.js";
import { DfuError, DfuStatus } from "./status.js";

/**
 * A download breaks off so often in a row, with nothing gained, before the update ends: the waits
 * in between last a minute on average, which is what an access point takes to restart.
 */
const failuresMaximum = 8;
/** A person waits at the console, perhaps: who asks for more time than this gets it afterwards. */
const waitMaximumMilliseconds = 300_000;
const progressStepPercent = 10;

/**
 * Asks for all that the slot doesn't hold yet, and again from where it has broken off. Resolves
 * when the slot holds the whole image that the statement promises. `onGain` hears how much of it
 * is there after each block that has come. Rejects with a `DmsError`.
 */
export async function download(
	owner: DfuOwner,
	bundle: string,
	statement: Statement,
	onGain: (percent: number) => void,
): Promise<void> {
	const { clock } = owner.host;
	let shown = 0;
	const slot = new Slot(owner.host, statement, (percent) => {
		onGain(percent);
		// For people: a line for each tenth; with the log on, one for each percent.
		const step = owner.dfuSettings.isLogging ? 1 : progressStepPercent;
		if (percent < shown + step) return;
		shown = percent - (percent % step);
		owner.log("[Download " + shown + " %]");
	});
	try {
		let start = slot.find();
		/** With nothing gained, and nobody who has asked to wait: that is no failure. */
		let failures = 0;
		let since = clock.ticks();
		if (start > 0 && !slot.isFull) owner.log("[Download goes on at " + start + " bytes]");
		while (!slot.isFull) {
			try {
				const { range } = slot;
				const path = bundlePath(bundle, "image");
				await owner.dms.call({ method: "GET", path, range, sink: slot });
				if (!slot.isFull) throw new DfuError(DfuStatus.BadImageReply);
			} catch (error) {
				const reached = slot.rewind();
				if (reached > start) {
					failures = 0;
					since = clock.ticks();
				}
				start = reached;
				const asked = owner.dms.waitMilliseconds;
				if (asked === 0) failures++;
				const isLong = asked > 0 && clock.ticks() + asked - since > waitMaximumMilliseconds;
				checkFailure(error, isLong, failures);
				if (asked > 0) owner.log("[Download waits " + Math.ceil(asked / 1000) + " s, as asked]");
				await waitAfter(failures, owner.host, asked);
			}
		}
		if (!slot.isWhole()) throw new DfuError(DfuStatus.ApplicationFileInvalid);
	} finally {
		slot.close();
	}
}

/** Throws what time alone doesn't mend, or takes too long to, and one failure too many. */
function checkFailure(error: unknown, isLong: boolean, failures: number): void {
	if (!(error instanceof DmsError)) throw error;
	const { result } = error;
	if (result === DmsResult.BadReply) throw new DfuError(DfuStatus.BadImageReply);
	if (isLong) throw error;
	const isOver = failures >= failuresMaximum;
	if (isOver && isTransient(result)) throw new DfuError(DfuStatus.MaxRequestAttempts);
	// The network was up before: an access point that starts again denies it for a while.
	if (isOver || !(isTransient(result) || isOfNetwork(result))) throw error;
}
