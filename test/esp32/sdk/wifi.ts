/**
 * The SDK's Wi-Fi over ESP-IDF's station. Source: 8.2.3, `modules/io/wifi/esp32/wifi-esp32.c`; the
 * names of its functions stand at the rules below. What ESP-IDF says comes later, by `say`.
 */

import { machine } from "./machine.js";

export type StationEvent = "connected" | "disconnected" | "address";

interface ConnectOptions {
	readonly SSID: string;
	readonly password?: string;
}

interface SdkAddresses {
	readonly address: string;
	readonly mask: string;
	readonly gateway: string;
}

const assignedAddress = "192.168.1.7";
const assigned = { address: assignedAddress, mask: "255.255.255.0", gateway: "192.168.1.1" };

/** ESP-IDF's side, and `chip.c`'s, which hears of each event before the SDK does. */
export class Station {
	readonly joins: ConnectOptions[] = [];
	#disconnections = 0;
	#disconnectReason = 0;
	isBusy = false;
	/** Of the access point that it is in; ESP-IDF forgets it with the event of its end. */
	SSID: string | undefined;
	onJoin: (options: ConnectOptions) => void = () => undefined;
	onLeave: () => void = () => undefined;
	/** Fixed addresses; without them DHCP runs. */
	fixed: SdkAddresses | undefined;
	resolver = "192.168.1.1";
	/** Associated, or about to be. */
	isActive = false;
	onEvent: (event: StationEvent) => void = () => undefined;
	readonly found: object[] = [];

	/** `opendms_addresses`. */
	addresses(): string {
		const { address, mask, gateway } = this.fixed ?? assigned;
		return [address, mask, gateway, this.resolver].join(" ");
	}

	disconnections(): number {
		return this.#disconnections;
	}

	disconnectReason(): number {
		return this.#disconnectReason;
	}

	setResolver(address: string): void {
		this.resolver = address;
	}

	watchWiFi(): void {
		// It is watched.
	}

	say(event: StationEvent, reason = 0): void {
		if (event === "disconnected") {
			this.#disconnections++;
			this.#disconnectReason = reason;
			this.isActive = false;
			this.SSID = undefined;
		}
		if (event === "connected") this.SSID = this.joins.at(-1)?.SSID;
		this.onEvent(event);
	}

	/** ESP-IDF's own word of a disconnection that was asked for: reason 8, after a moment. */
	leave(): void {
		this.onLeave();
		if (!this.isActive) return;
		machine.clock.after(leaveMilliseconds, () => this.say("disconnected", 8));
	}
}

const leaveMilliseconds = 30;

export const air: { station: Station } = { station: new Station() };

export default class WiFi {
	readonly #station = air.station;
	readonly #onChanged: (property: string) => void;
	#isScanning = false;
	#isConnecting = false;
	#isConnected = false;
	#hasAddress = false;

	constructor(options: { readonly onChanged: (property: string) => void }) {
		this.#onChanged = options.onChanged;
		this.#station.onEvent = (event) => machine.post(() => this.#deliver(event));
	}

	/** `xs_wifi419_connect`: throws while connecting, and whenever ESP-IDF doesn't say ESP_OK. */
	connect(options: ConnectOptions): void {
		if (this.#isConnecting) throw new Error("already connecting");
		if (Buffer.byteLength(options.SSID) > 32) throw new Error("buffer too small");
		if (this.#station.isBusy) throw new Error("connect failed");
		this.#isConnecting = true;
		this.#station.joins.push(options);
		this.#station.isActive = true;
		this.#station.onJoin(options);
	}

	/** `xs_wifi419_disconnect`: its own states end at once, ESP-IDF's word of it comes later. */
	disconnect(): void {
		this.#station.leave();
		this.#isConnecting = this.#isConnected = this.#hasAddress = false;
	}

	/** `xs_wifi419_configure`: what is there and false stands for those that the network assigns. */
	configure(options: {
		readonly hostname?: string;
		readonly static?: SdkAddresses | undefined;
	}): void {
		if (!("static" in options)) return;
		this.#station.fixed = options.static;
	}

	/** `xs_wifi419_scan`, `wifiScanDeliver`: `security` is a text; what `onFound` throws is lost. */
	scan(options: { onFound: (found: object) => void; onComplete: () => void }): void {
		const isWorking = this.#isScanning || this.#isConnecting;
		if (this.#station.isBusy || isWorking) throw new Error("scan failed");
		this.#isScanning = true;
		machine.post(() => {
			this.#isScanning = false;
			for (const found of this.#station.found) {
				try {
					options.onFound(found);
				} catch {
					// As `xsCatch` does.
				}
			}
			options.onComplete();
		});
	}

	/** `xs_wifi419_MAC_get`. */
	get MAC(): string {
		return "24:0a:c4:00:00:01";
	}

	/** `xs_wifi419_SSID_get`: the bytes as they are, by what ESP-IDF is associated with. */
	get SSID(): string | undefined {
		const { SSID } = this.#station;
		return SSID === undefined ? undefined : Buffer.from(SSID).toString("latin1");
	}

	/** `xs_wifi419_RSSI_get`. */
	get RSSI(): number | undefined {
		return this.#station.SSID === undefined ? undefined : -60;
	}

	/** `xs_wifi419_address_get`: ESP-IDF's interface keeps the last one. */
	get address(): string {
		return this.#station.fixed?.address ?? assignedAddress;
	}

	/** `xs_wifi419_BSSID_get`. */
	get BSSID(): string | undefined {
		return this.#station.SSID === undefined ? undefined : "02:00:00:00:00:01";
	}

	/** `xs_wifi419_connection_get`. */
	get connection(): number {
		if (this.#isConnected) return this.#hasAddress ? 500 : 400;
		return this.#isConnecting ? 300 : 200;
	}

	/** `wifiConnectDeliver`: says nothing where none of its states has changed. */
	#deliver(event: StationEvent): void {
		const before = [this.#isConnecting, this.#isConnected, this.#hasAddress];
		if (event === "disconnected") {
			this.#isConnecting = this.#isConnected = this.#hasAddress = false;
		} else {
			this.#isConnecting &&= event !== "connected";
			this.#isConnected = true;
			this.#hasAddress = event === "address" || this.#station.fixed !== undefined;
		}
		const after = [this.#isConnecting, this.#isConnected, this.#hasAddress];
		if (after.some((state, index) => state !== before[index])) this.#onChanged("connection");
	}
}
