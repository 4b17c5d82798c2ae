/** The chip as a whole. */

import type { System } from "../../src/host.js";
import { FirmwareSystem } from "../moddable/firmware.js";

export class ChipSystem extends FirmwareSystem implements System {
	// Declared, not defined: fields of a class that extends one from elsewhere take a function more.
	declare readonly platform: string;

	constructor() {
		super();
		this.platform = this.platformName();
	}

	get memoryUsage(): number {
		return this.memoryPercent();
	}

	restart(): void {
		native("opendms_restart").call(this);
	}

	sleep(milliseconds: number): void {
		native("opendms_sleep").call(this, milliseconds);
	}

	protected panic(): void {
		native("opendms_panic").call(this);
	}

	private platformName(): string {
		return native("opendms_platform").call(this) as string;
	}

	/** How much of the memory is in use. */
	private memoryPercent(): number {
		return native("opendms_memory_usage").call(this) as number;
	}
}
