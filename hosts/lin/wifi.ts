/** The machine's own network in place of Wi-Fi: it is there, whatever the settings say. */

import Timer from "timer";
import type { ScanOptions, WiFi, WiFiFailure } from "../../src/host.js";

export class MachineNetwork implements WiFi {
	get connection(): number {
		return 500;
	}

	get MAC(): string {
		return "02:00:00:00:00:01"; // Locally administered, as of a machine that made it up.
	}

	get address(): string {
		return "127.0.0.1";
	}

	get SSID(): undefined {
		return undefined;
	}

	get RSSI(): undefined {
		return undefined;
	}

	get failure(): WiFiFailure | undefined {
		return undefined;
	}

	connect(): void {
		// It is connected.
	}

	disconnect(): void {
		// It stays connected: other programs use it too.
	}

	scan({ onComplete }: ScanOptions): void {
		Timer.set(onComplete, 0);
	}
}
