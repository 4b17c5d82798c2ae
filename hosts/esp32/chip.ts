/** The functions of `chip.c`. */

export class Chip {
	ticks(): number {
		return Number(native("opendms_ticks").call(this));
	}

	watchWiFi(): void {
		native("opendms_wifi_watch").call(this);
	}

	get disconnectReason(): number {
		return Number(native("opendms_wifi_reason").call(this));
	}

	get resetReason(): number {
		return Number(native("opendms_reset_reason").call(this));
	}

	get slot(): string {
		return String(native("opendms_slot").call(this));
	}

	get isOnTrial(): boolean {
		return native("opendms_is_on_trial").call(this) === true;
	}

	get isDebug(): boolean {
		return native("opendms_is_debug").call(this) === true;
	}

	arm(): void {
		native("opendms_arm").call(this);
	}

	confirm(): void {
		native("opendms_confirm").call(this);
	}

	restart(): void {
		native("opendms_restart").call(this);
	}

	panic(): void {
		native("opendms_panic").call(this);
	}
}
