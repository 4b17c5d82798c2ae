/** The simulator as a whole: a restart is a new process. */

import Timer from "timer";
import type { System } from "../../src/host.js";
import { firmwareBuilt, firmwarePlatformKey, firmwareVersion } from "../moddable/firmware.js";
import { wordsOf } from "../moddable/guard.js";

export class SimulatorSystem implements System {
	readonly platform = "lin";
	readonly version = firmwareVersion();
	readonly built = firmwareBuilt();
	readonly platformKey = firmwarePlatformKey();

	restart(): void {
		screen.postMessage("software");
	}

	sleep(milliseconds: number): void {
		Timer.set(() => this.restart(), milliseconds);
	}

	fail(error: unknown): void {
		trace("a fault of the program: " + wordsOf(error) + "\n");
		screen.postMessage("panic");
	}
}
