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
	private readonly results: { [step in Step]: DmsResult | undefined } = {
		provision: undefined,
		claim: undefined,
		activate: undefined,
	};

	resultOf(step: Step): DmsResult | undefined {
		return this.results[step];
	}

	/** A step begins anew: what became of it and of those after it says nothing any more. */
	forgetFrom(step: Step): void {
		const results = this.results;
		if (step === "provision") results.provision = undefined;
		if (step !== "activate") results.claim = undefined;
		results.activate = undefined;
	}

	/** Notes how a step ends, and passes that on. */
	noting<T>(step: Step, work: Promise<T>): Promise<T> {
		const results = this.results;
		return work.then(
			(value) => {
				this.forgetFrom(step);
				results[step] = DmsResult.Success;
				return value;
			},
			(error: unknown) => {
				if (error instanceof DmsError) results[step] = error.result;
				throw error;
			},
		);
	}
}
