/** ECMA-419 Wi-Fi over the board's radio. */

import type { WiFi, WiFiFailure, WiFiOptions } from "../../../src/host.js";
import {
	type BoardOptions,
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
	readonly #link: Link;
	readonly #options: WiFiOptions;

	constructor(options: WiFiOptions & BoardOptions) {
		this.#link = linkOf(options);
		this.#options = options;
		this.#link.mailbox.open("wifi", this);
	}

	connect(options: { readonly SSID: string; readonly password?: string }): void {
		this.#link.call("wifi.connect", options.SSID, options.password);
	}

	disconnect(): void {
		this.#link.call("wifi.disconnect");
	}

	get connection(): number {
		return numberFrom(this.#get("connection"));
	}

	get MAC(): string | undefined {
		return textFrom(this.#get("MAC"));
	}

	get address(): string | undefined {
		return textFrom(this.#get("address"));
	}

	get SSID(): string | undefined {
		return textFrom(this.#get("SSID"));
	}

	get RSSI(): number | undefined {
		const value = this.#get("RSSI");
		return typeof value === "number" ? value : undefined;
	}

	get failure(): WiFiFailure | undefined {
		const value = this.#get("failure");
		return failures.find((failure) => failure === value);
	}

	receive(property: Value): void {
		this.#options.onChanged(textFrom(property) ?? "");
	}

	#get(property: string): Value {
		return this.#link.call("wifi.get", property);
	}
}
