/** Finishes in the background what only the service can finish, however long it is out of reach. */

import { inBackground } from "../background.js";
import type { Host, TimerId } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { Dms } from "./dms.js";
import { backoffMilliseconds, fractionOf } from "./retry.js";

export class Finisher {
	readonly #host: Host;
	readonly #dms: Dms;
	readonly #log: (line: string) => void;
	#timer: TimerId | undefined;
	#failures = 0;
	#isTrying = false;

	constructor(host: Host, dms: Dms, log: (line: string) => void) {
		this.#host = host;
		this.#dms = dms;
		this.#log = log;
	}

	/** Tries soon, if there is anything to finish; a long wait that has begun is cut short. */
	begin(): void {
		this.#failures = 0;
		this.#schedule();
	}

	#schedule(): void {
		const { timer, crypto } = this.#host;
		if (this.#timer !== undefined) timer.clear(this.#timer);
		this.#timer = undefined;
		if (this.#isTrying || !this.#dms.isUnfinished) return;
		const wait = backoffMilliseconds(this.#failures + 1, fractionOf(crypto.random(4)));
		this.#timer = timer.set(() => inBackground(this.#host, this.#try()), wait);
	}

	async #try(): Promise<void> {
		this.#isTrying = true;
		const result = await this.#dms.finish().then(
			() => DmsResult.Success,
			(error: unknown) => {
				if (error instanceof DmsError) return error.result;
				throw error;
			},
		);
		this.#isTrying = false;
		this.#failures++;
		if (result === DmsResult.Success) this.#log("[Provisioned]");
		else if (isHopeful(result)) this.#schedule();
	}
}

/** Whether time alone may mend it. What a person has to mend, a person will try again. */
function isHopeful(result: DmsResult): boolean {
	switch (result) {
		case DmsResult.NetworkNotSet:
		case DmsResult.NoToken:
		case DmsResult.StorageFailed:
			return false;
		case DmsResult.SignatureRefused:
		case DmsResult.ClockWrong:
		case DmsResult.ServiceBusy:
		case DmsResult.ServiceFault:
			return true;
		default:
			return result < DmsResult.RequestRefused; // Those above are the service's own refusals.
	}
}
