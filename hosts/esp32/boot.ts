/** The chip's boot loader, with ESP-IDF's rollback. */

import type { Boot, ResetReason } from "../../src/host.js";

export class ChipBoot implements Boot {
	readonly canArm = true;
	readonly reason = reasonOf(this.takeResetCode());

	get slot(): string {
		return this.slotName();
	}

	get isOnTrial(): boolean {
		return this.isTrial();
	}

	arm(): void {
		native("opendms_arm").call(this);
	}

	confirm(): void {
		native("opendms_confirm").call(this);
	}

	/** To be called once in a boot. */
	private takeResetCode(): number {
		return native("opendms_take_reset_reason").call(this) as number;
	}

	private slotName(): string {
		return native("opendms_slot").call(this) as string;
	}

	private isTrial(): boolean {
		return native("opendms_is_on_trial").call(this) as boolean;
	}
}

/** By ESP-IDF's `esp_reset_reason_t`. */
export function reasonOf(code: number): ResetReason {
	switch (code) {
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
