/** The chip as a whole. */

import type { System } from "../../src/host.js";
import { FirmwareSystem } from "../moddable/firmware.js";
import type { Chip } from "./chip.js";

export class ChipSystem extends FirmwareSystem implements System {
	private readonly chip: Chip;
	readonly platform: string;

	constructor(chip: Chip) {
		super();
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

	protected panic(): void {
		this.chip.panic();
	}
}
