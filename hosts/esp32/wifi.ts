/** The SDK's Wi-Fi station, with reasons for failures and a name on the network. */

import ModdableWiFi from "embedded:network/interface/wifi";
import Timer from "timer";
import type {
	ScanOptions,
	System,
	WiFi,
	WiFiConnectOptions,
	WiFiFailure,
	WiFiOptions,
} from "../../src/host.js";
import { guard, guarded } from "../moddable/guard.js";
import type { Chip } from "./chip.js";

/** ECMA-419's `connection` from which on there is a network. */
const connected = 400;

export class ChipWiFi implements WiFi {
	readonly #chip: Chip;
	readonly #wifi: ModdableWiFi;
	readonly #system: System;
	readonly #onChanged: (property: string) => void;
	#wasConnected = false;
	#failure: WiFiFailure | undefined;

	constructor(options: WiFiOptions & { readonly system?: System; readonly chip?: Chip }) {
		const { chip, system } = options;
		if (chip === undefined || system === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		this.#chip = chip;
		this.#system = system;
		this.#onChanged = guarded(system, options.onChanged);
		chip.watchWiFi();
		this.#wifi = new ModdableWiFi({ onChanged: (property) => this.#change(property) });
	}

	connect({ hostname = "", ...options }: WiFiConnectOptions): void {
		this.#failure = undefined;
		guard(
			() => this.#wifi.configure({ hostname }),
			() => undefined, // A network without the device's name is better than none.
		);
		this.#wifi.connect({ ...options });
	}

	/** The SDK says nothing of a disconnection that was asked for. */
	disconnect(): void {
		this.#wifi.disconnect();
		this.#wasConnected = false;
		Timer.set(() => this.#onChanged("connection"), 0);
	}

	scan({ onFound, onComplete }: ScanOptions): void {
		this.#wifi.scan({
			onFound: guarded(this.#system, onFound),
			onComplete: guarded(this.#system, onComplete),
		});
	}

	get connection(): number {
		return this.#wifi.connection;
	}

	get MAC(): string | undefined {
		return this.#wifi.MAC;
	}

	get address(): string | undefined {
		return this.#wifi.address;
	}

	get SSID(): string | undefined {
		return this.#wifi.SSID;
	}

	get RSSI(): number | undefined {
		return this.#wifi.RSSI;
	}

	get failure(): WiFiFailure | undefined {
		return this.#failure;
	}

	#change(property: string): void {
		const isConnected = this.connection >= connected;
		if (property === "connection" && !isConnected) {
			this.#failure = this.#wasConnected ? "lost" : failureOf(this.#chip.disconnectReason);
		}
		this.#wasConnected = isConnected;
		this.#onChanged(property);
	}
}

/** By ESP-IDF's `wifi_err_reason_t`. */
function failureOf(reason: number): WiFiFailure {
	switch (reason) {
		case 201: // No access point of this name, or none with security or signal that would do.
		case 210:
		case 211:
		case 212:
			return "not found";
		case 2: // What access points answer to a wrong passkey: expired, refused, or nothing at all.
		case 15:
		case 202:
		case 204:
			return "wrong password";
		default:
			return "refused";
	}
}
