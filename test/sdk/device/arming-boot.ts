/** The simulator's boot in the tests of updates: all goes as on a chip, until it is to arm. */

import type { Boot, ResetReason } from "../../../src/host.js";

export class SimulatorBoot implements Boot {
	readonly slot = "ota_0";
	readonly isOnTrial = false;
	readonly canArm = true;
	readonly reason: ResetReason = "power";

	arm(): void {
		throw new Error("the simulator can't start another image");
	}

	confirm(): void {
		// It is the only one.
	}
}
