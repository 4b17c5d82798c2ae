/** What stands for storage that can't be opened. */

import type { Copies } from "./record-store.js";

export class FailingDomain implements Copies {
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
}
