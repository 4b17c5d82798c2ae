/** What stands for storage that can't be opened. */

import type { KeyValueDomain } from "../host.js";

export class FailingDomain implements KeyValueDomain {
	/** What the host says of it. */
	readonly reason: string;

	constructor(error: unknown) {
		this.reason = error instanceof Error ? error.message : String(error);
	}

	read(): never {
		throw new Error(this.reason);
	}

	write(): never {
		throw new Error(this.reason);
	}

	delete(): never {
		throw new Error(this.reason);
	}

	close(): void {
		// Nothing is open.
	}

	[Symbol.iterator](): Iterator<string> {
		const none: string[] = [];
		return none[Symbol.iterator]();
	}
}
