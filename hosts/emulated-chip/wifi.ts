/** An emulator's Ethernet in the place of the chip's radio: one open network, always in the air. */

import Timer from "timer";
import type { ScanOptions, System, WiFi, WiFiConnectOptions, WiFiOptions } from "../../src/host.js";
import type { WiFiFailure } from "../../src/host.js";
import { guarded } from "../moddable/guard.js";
import { Emulated } from "../emulated-chip/emulated.js";

const networkName = "ethernet";
/** How often is looked whether there is an address. */
const lookMilliseconds = 100;
const addressMaximumMilliseconds = 30_000;

/** Stands for `hosts/esp32/wifi.ts` by its name. */
export class ChipWiFi implements WiFi {
	readonly MAC = "02:00:00:00:c3:01";
	private readonly onChanged: (property: string) => void;
	connection = 200;
	failure: WiFiFailure | undefined;
	private readonly emulated = new Emulated();
	private looking: Timer | undefined;

	constructor(options: WiFiOptions & { readonly system?: System }) {
		const { system } = options;
		if (system === undefined) throw new TypeError("construct it from its resource of the host");
		this.onChanged = guarded(system, options.onChanged);
	}

	connect({ SSID }: WiFiConnectOptions): void {
		if (this.connection === 300) throw new Error("connecting");
		this.failure = undefined;
		this.connection = 300;
		if (SSID === networkName) this.emulated.startEthernet();
		this.look(SSID === networkName ? addressMaximumMilliseconds : 0);
	}

	disconnect(): void {
		if (this.looking !== undefined) Timer.clear(this.looking);
		this.looking = undefined;
		this.emulated.stopEthernet();
		this.change(200);
	}

	scan({ onFound, onComplete }: ScanOptions): void {
		if (this.connection === 300) throw new Error("connecting");
		Timer.set(() => {
			onFound({ SSID: networkName, BSSID: this.MAC, RSSI: -40, channel: 1, secure: false });
			onComplete();
		}, 0);
	}

	get address(): string | undefined {
		return this.connection === 500 ? this.emulated.address : undefined;
	}

	get SSID(): string | undefined {
		return this.connection === 500 ? networkName : undefined;
	}

	get RSSI(): number | undefined {
		return this.connection === 500 ? -40 : undefined;
	}

	private look(milliseconds: number): void {
		this.looking = Timer.set(() => {
			this.looking = undefined;
			if (this.emulated.address !== undefined) return this.change(500);
			if (milliseconds > 0) return this.look(milliseconds - lookMilliseconds);
			this.failure = "not found";
			this.change(200);
		}, lookMilliseconds);
	}

	private change(connection: number): void {
		this.connection = connection;
		Timer.set(() => this.onChanged("connection"), 0);
	}
}
