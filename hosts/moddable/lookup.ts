/** Addresses of names, from the machine's own resolver; and a stand-in for echo requests. */

import Net from "net";
import Timer from "timer";
import type { Ping, PingOptions, Resolver, System } from "../../src/host.js";
import { DmsError, DmsResult } from "../../src/protocol/result.js";
import { guarded } from "./guard.js";

type Question = Parameters<Resolver["resolve"]>[0];

/** Asks the machine; `onAddress` is called later, with nothing when the name has no address. */
export function lookUp(host: string, onAddress: (address: string | undefined) => void): void {
	try {
		Net.resolve(host === "localhost" ? "127.0.0.1" : host, (_, address) => onAddress(address));
	} catch {
		Timer.set(() => onAddress(undefined), 0); // Too many questions at once.
	}
}

export class MachineResolver implements Resolver {
	private readonly system: System;
	private isClosed = false;

	constructor(options: { readonly system?: System }) {
		if (options.system === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		this.system = options.system;
	}

	resolve({ host, onResolved, onError }: Question): void {
		const answer = guarded(this.system, (address: string | undefined) => {
			if (this.isClosed) return;
			if (address === undefined) onError();
			else onResolved(host, address);
		});
		lookUp(host, answer);
	}

	close(): void {
		this.isClosed = true;
	}
}

/** Stands where echo requests are not built in, and says so. */
export class NoPing implements Ping {
	constructor(options: PingOptions) {
		const reason = new DmsError(DmsResult.Unsupported, "This device can't send echo requests.");
		Timer.set(() => options.onError(reason), 0);
	}

	close(): void {
		// It holds nothing.
	}
}
