/** Stands where the SDK's resolver and echo requests are not built in: nothing is ever found. */

import Timer from "timer";
import type { Ping, PingOptions, Resolver } from "../../src/host.js";

export class NoResolver implements Resolver {
	resolve(options: Parameters<Resolver["resolve"]>[0]): void {
		Timer.set(() => options.onError(), 0);
	}

	close(): void {
		// It holds nothing.
	}
}

export class NoPing implements Ping {
	constructor(options: PingOptions) {
		Timer.set(() => options.onError(), 0);
	}

	close(): void {
		// It holds nothing.
	}
}
