/** The Ethernet of `emulated.c`. */

export class Emulated {
	/** Asks for an address by DHCP. */
	startEthernet(): void {
		native("opendms_ethernet_start").call(this);
	}

	stopEthernet(): void {
		native("opendms_ethernet_stop").call(this);
	}

	/** Dotted; `undefined` as long as there is none. */
	get address(): string | undefined {
		return native("opendms_ethernet_address").call(this) as string | undefined;
	}
}
