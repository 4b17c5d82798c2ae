/** What stands for storage that can't be opened. */

import type { KeyValueDomain } from "../host.js";

export class FailingDomain implements KeyValueDomain {
	read(): never {
		throw new Error("the storage can't be opened");
	}

	write(): never {
		throw new Error("the storage can't be opened");
	}

	delete(): never {
		throw new Error("the storage can't be opened");
	}

	close(): void {
		// Nothing is open.
	}

	[Symbol.iterator](): Iterator<string> {
		const none: string[] = [];
		return none[Symbol.iterator]();
	}
}
