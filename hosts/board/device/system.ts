/** The board as a whole: what it is, and how to begin anew. */

import type { System } from "../../../src/host.js";
import { bytesFrom, type Call, textFrom } from "./link.js";

export class BoardSystem implements System {
	private readonly call: Call;

	constructor(call: Call) {
		this.call = call;
	}

	get platform(): string {
		return this.get("platform");
	}

	get version(): string {
		return this.get("version");
	}

	get built(): string {
		return this.get("built");
	}

	get platformKey(): Uint8Array {
		return bytesFrom(this.call("system.get", "platformKey"));
	}

	restart(): void {
		this.call("system.restart");
	}

	sleep(milliseconds: number): void {
		this.call("system.sleep", milliseconds);
	}

	/** When the power has failed there is nobody to tell, and nothing left to do. */
	fail(error: unknown): void {
		const message = wordsOf(error);
		try {
			this.call("system.fail", message);
		} catch {
			// The program is being stopped at this very point.
		}
	}

	private get(name: string): string {
		return textFrom(this.call("system.get", name)) ?? "";
	}
}

function wordsOf(error: unknown): string {
	try {
		return String(error);
	} catch {
		return "an error without words";
	}
}
