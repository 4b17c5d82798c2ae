/** The chip as a whole. */

import type { System } from "../../src/host.js";
import { firmwareBuilt, firmwarePlatformKey, firmwareVersion } from "../moddable/firmware.js";
import { wordsOf } from "../moddable/guard.js";
import type { Chip } from "./chip.js";

export class ChipSystem implements System {
	private readonly chip: Chip;
	readonly platform: string;
	readonly version = firmwareVersion();
	readonly built = firmwareBuilt();
	readonly platformKey = firmwarePlatformKey();

	constructor(chip: Chip) {
		this.chip = chip;
		this.platform = chip.platform();
	}

	get memoryUsage(): number {
		return this.chip.memoryUsage();
	}

	restart(): void {
		this.chip.restart();
	}

	sleep(milliseconds: number): void {
		this.chip.sleep(milliseconds);
	}

	/** A panic, so that the next boot knows: during a trial it counts against the image. */
	fail(error: unknown): void {
		trace("a fault of the program: " + wordsOf(error) + "\n");
		this.chip.panic();
	}
}
