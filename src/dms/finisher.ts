/** Finishes in the background what only the service can finish, however long it is out of reach. */

import { inBackground } from "../background.js";
import type { Crypto, System, Timer, TimerId } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { Dms } from "./dms.js";
import { backoffMilliseconds, randomFraction } from "../network/retry.js";

/** What it needs of the device. */
interface Unfinished {
	readonly host: {
		readonly crypto: Pick<Crypto, "random">;
		readonly system: Pick<System, "fail">;
		readonly timer: Timer;
	};
	readonly dms: Pick<Dms, "isUnfinished" | "isRenewalDue" | "isTimeUnknown" | "finish">;
	log(line: string): void;
}

/** How often it is looked whether a certificate is to be renewed. */
const dayMilliseconds = 86_400_000;

export class Finisher {
	private readonly device: Unfinished;
	private timer: TimerId | undefined;
	private failures = 0;
	private isTrying = false;

	constructor(device: Unfinished) {
		this.device = device;
	}

	/** Tries soon, if there is anything to finish; a long wait that has begun is cut short. */
	begin(): void {
		this.failures = 0;
		this.schedule();
	}

	private schedule(): void {
		const { timer, crypto } = this.device.host;
		if (this.timer !== undefined) timer.clear(this.timer);
		this.timer = undefined;
		if (this.isTrying) return;
		if (!this.device.dms.isUnfinished) return this.waitForRenewal();
		const wait = backoffMilliseconds(this.failures + 1, randomFraction(crypto));
		this.timer = timer.set(() => inBackground(this.device.host, this.try()), wait);
	}

	private waitForRenewal(): void {
		const { timer } = this.device.host;
		if (this.timer !== undefined) timer.clear(this.timer);
		this.timer = timer.set(() => this.look(), dayMilliseconds);
	}

	private look(): void {
		const { dms, host } = this.device;
		this.timer = undefined;
		if (dms.isRenewalDue) this.begin();
		else if (dms.isTimeUnknown) inBackground(host, this.try());
		else this.waitForRenewal();
	}

	private async try(): Promise<void> {
		this.isTrying = true;
		const result = await this.device.dms.finish().then(
			(isProvisioned) => {
				if (isProvisioned) this.device.log("[Provisioned]");
				return DmsResult.Success;
			},
			(error: unknown) => {
				if (error instanceof DmsError) return error.result;
				throw error;
			},
		);
		this.isTrying = false;
		this.failures++;
		// Who answers a renewal with what can't be kept is asked once a day: nobody is to be put off.
		const isForged = result === DmsResult.CertificateRefused && this.device.dms.isRenewalDue;
		if (result !== DmsResult.Success && isHopeful(result) && !isForged) this.schedule();
		else this.waitForRenewal();
	}
}

/** Whether time alone may mend it. What a person has to mend, a person will try again. */
function isHopeful(result: DmsResult): boolean {
	switch (result) {
		case DmsResult.NetworkNotSet:
		case DmsResult.NoToken:
			return false;
		case DmsResult.StorageFailed: // A weak supply fails for a while.
		case DmsResult.SignatureRefused:
		case DmsResult.ClockWrong:
		case DmsResult.ServiceBusy:
		case DmsResult.ServiceFault:
			return true;
		default:
			return result < DmsResult.RequestRefused; // Those above are the service's own refusals.
	}
}
