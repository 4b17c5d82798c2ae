/** The simulator as a whole: a restart is a new process. */

import Timer from "timer";
import type { System } from "../../src/host.js";
import { FirmwareSystem } from "../moddable/firmware.js";

export class SimulatorSystem extends FirmwareSystem implements System {
	readonly platform = "lin";

	restart(): void {
		screen.postMessage("software");
	}

	sleep(milliseconds: number): void {
		Timer.set(() => this.restart(), milliseconds);
	}

	protected panic(): void {
		screen.postMessage("panic");
	}
}
