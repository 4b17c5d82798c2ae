/** The simulator as a whole: a restart is a new process. */

import type { System } from "../../src/host.js";
import { firmwareBuilt, firmwarePlatformKey, firmwareVersion } from "../moddable/firmware.js";

export class SimulatorSystem implements System {
	readonly platform = "lin";
	readonly version = firmwareVersion();
	readonly built = firmwareBuilt();
	readonly platformKey = firmwarePlatformKey();

	restart(): void {
		screen.postMessage("restart");
	}

	fail(error: unknown): void {
		trace("a fault of the program: " + String(error) + "\n");
		this.restart();
	}
}
