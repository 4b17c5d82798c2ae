/** The chip's boot loader, with ESP-IDF's rollback. */

import type { Boot, ResetReason } from "../../src/host.js";
import type { Chip } from "./chip.js";

export class ChipBoot implements Boot {
	readonly canArm = true;
	private readonly chip: Chip;
	readonly reason: ResetReason;

	constructor(chip: Chip) {
		this.chip = chip;
		this.reason = reasonOf(chip.takeResetReason());
	}

	get slot(): string {
		return this.chip.slot();
	}

	get isOnTrial(): boolean {
		return this.chip.isOnTrial();
	}

	arm(): void {
		this.chip.arm();
	}

	confirm(): void {
		this.chip.confirm();
	}
}

/** By ESP-IDF's `esp_reset_reason_t`. */
function reasonOf(reason: number): ResetReason {
	switch (reason) {
		case 3:
		case 8: // Out of a sleep that it was sent into.
			return "software";
		case 4:
		case 15: // The processor locked up: an error in the handling of an error.
			return "panic";
		case 5: // The watchdogs of interrupts, of tasks, and the others.
		case 6:
		case 7:
			return "watchdog";
		case 9:
		case 14: // A glitch in the supply.
			return "brown-out";
		default: // Power, a pin, and what a cable does: esptool over USB, a debugger.
			return "power";
	}
}
