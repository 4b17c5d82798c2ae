/** The functions of `chip.c`: no getters, of which flash would have a second name. */

export class Chip {
	/** To be called only while the radio is off. */
	noise(byteLength: number): ArrayBuffer {
		return native("opendms_noise").call(this, byteLength) as ArrayBuffer;
	}

	ticks(): number {
		return native("opendms_ticks").call(this) as number;
	}

	watchWiFi(): void {
		native("opendms_wifi_watch").call(this);
	}

	/** Address, netmask, gateway and resolver of the station; `undefined` when it has no address. */
	addresses(): string | undefined {
		return native("opendms_addresses").call(this) as string | undefined;
	}

	/** The resolver that goes with fixed addresses, dotted. */
	setResolver(address: string): void {
		native("opendms_set_resolver").call(this, address);
	}

	/** How much of the memory is in use, in percent. */
	memoryUsage(): number {
		return native("opendms_memory_usage").call(this) as number;
	}

	/** How often the station has been disconnected since the reset. */
	disconnections(): number {
		return native("opendms_wifi_disconnections").call(this) as number;
	}

	disconnectReason(): number {
		return native("opendms_wifi_reason").call(this) as number;
	}

	/** Whether the UART's FIFO has overrun since the last call. */
	takeOverrun(port: number): boolean {
		return native("opendms_take_overrun").call(this, port) as boolean;
	}

	platform(): string {
		return native("opendms_platform").call(this) as string;
	}

	/** To be called once in a boot. */
	takeResetReason(): number {
		return native("opendms_take_reset_reason").call(this) as number;
	}

	/** Why NVS could not be initialised at this reset, if so. */
	nvsTrouble(): string | undefined {
		return native("opendms_nvs_trouble").call(this) as string | undefined;
	}

	eraseNvs(): void {
		native("opendms_nvs_erase").call(this);
	}

	slot(): string {
		return native("opendms_slot").call(this) as string;
	}

	isOnTrial(): boolean {
		return native("opendms_is_on_trial").call(this) as boolean;
	}

	isDebug(): boolean {
		return native("opendms_is_debug").call(this) as boolean;
	}

	/** Throws while the running image is on trial. */
	checkSlots(): void {
		native("opendms_check_slots").call(this);
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

	sleep(milliseconds: number): void {
		native("opendms_sleep").call(this, milliseconds);
	}

	panic(): void {
		native("opendms_panic").call(this);
	}
}
