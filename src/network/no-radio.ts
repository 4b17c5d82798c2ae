/** What stands for the radio of a device that has to do without: it hears nothing. */

import type { Host, Timer, WiFi, WiFiOptions } from "../host.js";

interface NoRadioOptions extends WiFiOptions {
	readonly timer: Timer;
}

class NoRadio implements WiFi {
	readonly connection = 200;
	readonly MAC = undefined;
	readonly address = undefined;
	readonly SSID = undefined;
	readonly RSSI = undefined;
	readonly failure = undefined;
	private readonly timer: Timer;

	constructor(options: WiFiOptions) {
		this.timer = (options as NoRadioOptions).timer;
	}

	connect(): void {
		// Whoever waits for the network gives up by himself.
	}

	disconnect(): void {
		// There is no connection.
	}

	scan({ onComplete }: { readonly onComplete: () => void }): void {
		this.timer.set(onComplete, 0);
	}
}

/** The same host, with its radio left alone. */
export function withoutRadio(host: Host): Host {
	const wifi = { io: NoRadio, timer: host.timer };
	return { ...host, network: { ...host.network, wifi } };
}
