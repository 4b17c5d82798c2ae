/** One image that always runs: the simulator's program can't replace itself. */

import { File } from "file";
import type { Boot, ResetReason } from "../../src/host.js";

export class SimulatorBoot implements Boot {
	readonly slot = "ota_0";
	readonly isOnTrial = false;
	readonly reason: ResetReason;

	/** The file at `path` is there when this process follows one that restarted. */
	constructor(path: string) {
		this.reason = File.delete(path) ? "software" : "power";
	}

	arm(): void {
		throw new Error("the simulator can't start another image");
	}

	confirm(): void {
		// It is the only one.
	}
}
