/** What has been decided about the device since the reset, so that `why` can tell. */

import { DmsError, DmsResult } from "../protocol/result.js";

/** What a device goes through, one after the other. */
export type Step = "provision" | "claim" | "activate";

/** Nothing of it is kept in flash: who owns the device is the service's to know. */
export class Decisions {
	/** Name of the user who has claimed the device; empty when that was not since the reset. */
	owner = "";
	/** Code of the product that the device has been activated to; likewise. */
	product = "";
	/** How each step has last ended; `undefined` when nobody has tried. */
	provision: DmsResult | undefined;
	claim: DmsResult | undefined;
	activate: DmsResult | undefined;

	/** A step begins anew: what became of it and of those after it says nothing any more. */
	forgetFrom(step: Step): void {
		if (step === "provision") this.provision = undefined;
		if (step !== "activate") this.claim = undefined;
		this.activate = undefined;
	}

	/** Notes how a step ends, and passes that on. */
	noting<T>(step: Step, work: Promise<T>): Promise<T> {
		return work.then(
			(value) => {
				this.forgetFrom(step);
				this[step] = DmsResult.Success;
				return value;
			},
			(error: unknown) => {
				if (error instanceof DmsError) this[step] = error.result;
				throw error;
			},
		);
	}
}
