/** One image that always runs: the simulator's program can't replace itself. */

import { File } from "file";
import type { Boot, ResetReason } from "../../src/host.js";

export class SimulatorBoot implements Boot {
	readonly slot = "ota_0";
	readonly isOnTrial = false;
	readonly canArm = false;
	readonly reason: ResetReason;

	/** The file at `path` has the reason, when this process follows one that restarted. */
	constructor(path: string) {
		this.reason = reasonIn(path);
		File.delete(path);
	}

	arm(): void {
		throw new Error("the simulator can't start another image");
	}

	confirm(): void {
		// It is the only one.
	}
}

function reasonIn(path: string): ResetReason {
	if (!File.exists(path)) return "power";
	const file = new File(path);
	const text = file.read(String);
	file.close();
	return text === "panic" ? "panic" : "software";
}
