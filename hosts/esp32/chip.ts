/**
 * Functions of `chip.c`; those of the clock, the boot and the chip as a whole are with these. No
 * getters, of which flash would have a second name.
 */

export class Chip {
	/** To be called only while the radio is off. */
	noise(byteLength: number): ArrayBuffer {
		return native("opendms_noise").call(this, byteLength) as ArrayBuffer;
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

	/** Why NVS could not be initialised at this reset, if so. */
	nvsTrouble(): string | undefined {
		return native("opendms_nvs_trouble").call(this) as string | undefined;
	}

	eraseNvs(): void {
		native("opendms_nvs_erase").call(this);
	}

	isDebug(): boolean {
		return native("opendms_is_debug").call(this) as boolean;
	}

	/** Throws while the running image is on trial. */
	checkSlots(): void {
		native("opendms_check_slots").call(this);
	}
}
