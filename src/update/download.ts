/** Gets an image into the other slot, over as many connections as it takes. */

import { isTransient } from "../dms/service.js";
import { waitAfter } from "../dms/retry.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { bundlePath, type Statement } from "../protocol/update.js";
import type { DfuOwner } from "./dfu.js";
import { Slot } from "./slot.js";
import { DfuError, DfuStatus } from "./status.js";

/** A download breaks off so often in a row, with nothing gained, before the update ends. */
const failuresMaximum = 5;
const progressStepPercent = 10;

/**
 * Asks for all that the slot doesn't hold yet, and again from where it has broken off. Resolves
 * when the slot holds the whole image that the statement promises. Rejects with a `DmsError`.
 */
export async function download(
	owner: DfuOwner,
	bundle: string,
	statement: Statement,
): Promise<void> {
	const progress = new Progress(owner);
	const slot = new Slot(owner.host, statement, (percent) => progress.show(percent));
	try {
		let start = slot.find();
		let failures = 0;
		if (start > 0 && !slot.isFull) owner.log("[Download goes on at " + start + " bytes]");
		while (!slot.isFull) {
			try {
				const { range } = slot;
				const path = bundlePath(bundle, "image");
				await owner.dms.call({ method: "GET", path, range, sink: slot });
				if (!slot.isFull) throw new DfuError(DfuStatus.BadImageReply);
			} catch (error) {
				const reached = slot.rewind();
				failures = reached > start ? 1 : failures + 1;
				start = reached;
				checkFailure(error, failures);
				await waitAfter(failures, owner.host);
			}
		}
		if (!slot.isWhole()) throw new DfuError(DfuStatus.ApplicationFileInvalid);
	} finally {
		slot.close();
	}
}

/** Throws what time alone doesn't mend, and one failure too many. */
function checkFailure(error: unknown, failures: number): void {
	if (!(error instanceof DmsError)) throw error;
	if (error.result === DmsResult.BadReply) throw new DfuError(DfuStatus.BadImageReply);
	if (!isTransient(error.result)) throw error;
	if (failures >= failuresMaximum) throw new DfuError(DfuStatus.MaxRequestAttempts);
}

/** For people: a line for each tenth; with the log on, one for each percent. */
class Progress {
	readonly #owner: DfuOwner;
	#shown = 0;

	constructor(owner: DfuOwner) {
		this.#owner = owner;
	}

	show(percent: number): void {
		const step = this.#owner.dfuSettings.isLogging ? 1 : progressStepPercent;
		if (percent < this.#shown + step) return;
		this.#shown = percent - (percent % step);
		this.#owner.log("[Download " + this.#shown + " %]");
	}
}
