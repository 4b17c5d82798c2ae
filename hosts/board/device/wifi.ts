/** ECMA-419 Wi-Fi over the board's radio. */

import type {
	AccessPoint,
	Addresses,
	ScanOptions,
	WiFi,
	WiFiConnectOptions,
	WiFiFailure,
	WiFiOptions,
} from "../../../src/host.js";
import { utf8Decode } from "../../../src/encoding/utf8.js";
import {
	type BoardOptions,
	bytesFrom,
	type Link,
	linkOf,
	numberFrom,
	type Receiver,
	textFrom,
	type Value,
} from "./link.js";

const failures: readonly WiFiFailure[] = Object.freeze([
	"not found",
	"wrong password",
	"refused",
	"no address",
	"lost",
]);

export class BoardWiFi implements WiFi, Receiver {
	readonly takesAddresses = true;
	private readonly link: Link;
	private readonly options: WiFiOptions;
	private scanning: ScanOptions | undefined;

	constructor(options: WiFiOptions & BoardOptions) {
		this.link = linkOf(options);
		this.options = options;
		this.link.mailbox.open("wifi", this);
	}

	connect({ SSID, password, addresses }: WiFiConnectOptions): void {
		this.link.call("wifi.connect", SSID, password, addresses && textOf(addresses));
	}

	disconnect(): void {
		this.link.call("wifi.disconnect");
	}

	scan(options: ScanOptions): void {
		this.link.call("wifi.scan");
		this.scanning = options;
	}

	get connection(): number {
		return numberFrom(this.get("connection"));
	}

	get MAC(): string | undefined {
		return textFrom(this.get("MAC"));
	}

	get address(): string | undefined {
		return textFrom(this.get("address"));
	}

	get SSID(): string | undefined {
		return textFrom(this.get("SSID"));
	}

	get RSSI(): number | undefined {
		const value = this.get("RSSI");
		return typeof value === "number" ? value : undefined;
	}

	get BSSID(): string | undefined {
		return textFrom(this.get("BSSID"));
	}

	get addresses(): Addresses | undefined {
		const text = textFrom(this.get("addresses"));
		if (text === undefined) return undefined;
		const [address = "", netmask = "", gateway = "", dns = ""] = text.split(" ");
		return { address, netmask, gateway, dns };
	}

	get failure(): WiFiFailure | undefined {
		const value = this.get("failure");
		return failures.find((failure) => failure === value);
	}

	receive(event: Value, SSID: Value, details: Value): void {
		if (event === "found") return this.scanning?.onFound(accessPointOf(SSID, details));
		if (event !== "scanned") return this.options.onChanged(textFrom(event) ?? "");
		const scan = this.scanning;
		this.scanning = undefined;
		scan?.onComplete();
	}

	private get(property: string): Value {
		return this.link.call("wifi.get", property);
	}
}

function textOf({ address, netmask, gateway, dns }: Addresses): string {
	return [address, netmask, gateway, dns].join(" ");
}

/** The board's details are channel, strength, MAC address and whether it is secure. */
function accessPointOf(SSID: Value, details: Value): AccessPoint {
	const [channel, RSSI, BSSID = "", secure] = (textFrom(details) ?? "").split(" ");
	return {
		SSID: utf8Decode(bytesFrom(SSID)), // Any bytes can be a name: what is no UTF-8 is replaced.
		BSSID,
		RSSI: Number(RSSI),
		channel: Number(channel),
		secure: secure === "secure",
	};
}
