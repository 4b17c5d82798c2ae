/** The SDK's Wi-Fi station, with reasons for failures and a name on the network. */

import ModdableWiFi from "embedded:network/interface/wifi";
import Timer from "timer";
import type {
	Addresses,
	ScanOptions,
	System,
	WiFi,
	WiFiConnectOptions,
	WiFiFailure,
	WiFiOptions,
} from "../../src/host.js";
import { utf8Decode } from "../../src/encoding/utf8.js";
import { guard, guarded } from "../moddable/guard.js";
import type { Chip } from "./chip.js";

/** ECMA-419's `connection`: joining, in a network, and with an address in it. */
const connecting = 300;
const connected = 400;
const addressed = 500;

/** A network assigns an address in seconds; without one it is left, to be tried anew. */
const addressMaximumMilliseconds = 30_000;
/** ESP-IDF tells of a disconnection within milliseconds; later it is taken for done. */
const leaveMaximumMilliseconds = 1_000;
/** How often is looked whether it has told. */
const leaveCheckMilliseconds = 20;

/** ESP-IDF's `WIFI_REASON_ASSOC_LEAVE`: the station left by itself. */
const ownLeave = 8;
/** `chip.c`'s own: the address was lost. */
const addressLost = 0;

type ChipRadio = Pick<
	Chip,
	"watchWiFi" | "disconnections" | "disconnectReason" | "addresses" | "setResolver"
>;

export class ChipWiFi implements WiFi {
	readonly takesAddresses = true;
	private readonly chip: ChipRadio;
	private readonly wifi: ModdableWiFi;
	private readonly system: System;
	private readonly onChanged: (property: string) => void;
	private wasConnected = false;
	failure: WiFiFailure | undefined;
	/** A join that has begun and not ended: the SDK's own state may be the last one's. */
	private isJoining = false;
	/** Waits for the end of the connection before. */
	private leaving: Timer | undefined;
	/** Waits for an address. */
	private unaddressed: Timer | undefined;

	constructor(options: WiFiOptions & { readonly system?: System; readonly chip?: ChipRadio }) {
		const { chip, system } = options;
		if (chip === undefined || system === undefined) {
			throw new TypeError("construct it from its resource of the host");
		}
		this.chip = chip;
		this.system = system;
		this.onChanged = guarded(system, options.onChanged);
		chip.watchWiFi();
		this.wifi = new ModdableWiFi({ onChanged: (property) => this.change(property) });
	}

	connect(options: WiFiConnectOptions): void {
		if (this.connection >= connecting && !this.wasConnected) throw new Error("connecting");
		this.failure = undefined;
		if (this.leaving === undefined) this.join(options);
		else this.onLeft = () => this.joinAtLast(options);
		this.isJoining = true;
	}

	/** Name and addresses are of the network that is left, until it has been. */
	private join({ SSID, password, hostname = "", addresses }: WiFiConnectOptions): void {
		guard(
			() => this.wifi.configure({ hostname }),
			() => undefined, // A network without the device's name is better than none.
		);
		this.wifi.configure({ static: addresses && sdkAddresses(addresses) });
		if (addresses !== undefined) this.chip.setResolver(addresses.dns);
		this.wifi.connect({ SSID, ...(password === undefined ? {} : { password }) });
	}

	/**
	 * The SDK says nothing of a disconnection that was asked for, and ESP-IDF's word of it comes
	 * later: the SDK would take it for the end of whatever join is under way by then.
	 */
	disconnect(): void {
		const before = this.chip.disconnections();
		const hadConnection = this.connection > 200;
		const wasWaiting = this.leaving !== undefined;
		this.stopWaiting();
		this.onLeft = undefined;
		this.wasConnected = false;
		this.isJoining = false;
		this.wifi.disconnect();
		if (hadConnection || wasWaiting) this.waitForEnd(before, leaveMaximumMilliseconds);
		Timer.set(() => this.onChanged("connection"), 0);
	}

	/** Throws while connecting or scanning, as the SDK's does. */
	scan({ onFound, onComplete }: ScanOptions): void {
		this.wifi.scan({
			onFound: guarded(this.system, ({ security, ...found }: SdkAccessPoint) =>
				onFound({ ...found, SSID: readable(found.SSID), secure: security !== "none" }),
			),
			onComplete: guarded(this.system, onComplete),
		});
	}

	get connection(): number {
		const { connection } = this.wifi;
		return this.isJoining ? Math.max(connection, connecting) : connection;
	}

	get MAC(): string | undefined {
		return this.wifi.MAC;
	}

	get address(): string | undefined {
		return this.connection >= addressed ? this.wifi.address : undefined;
	}

	get addresses(): Addresses | undefined {
		const text = this.connection >= addressed ? this.chip.addresses() : undefined;
		if (text === undefined) return undefined;
		const [address = "", netmask = "", gateway = "", dns = ""] = text.split(" ");
		return { address, netmask, gateway, dns };
	}

	get BSSID(): string | undefined {
		return this.connection >= connected ? this.wifi.BSSID : undefined;
	}

	/** ESP-IDF knows the last network's for a moment after it was left. */
	get SSID(): string | undefined {
		const { SSID } = this.wifi;
		return this.connection >= connected && SSID !== undefined ? readable(SSID) : undefined;
	}

	get RSSI(): number | undefined {
		return this.connection >= connected ? this.wifi.RSSI : undefined;
	}

	/** What is done when the connection before has ended. */
	private onLeft: (() => void) | undefined;

	private waitForEnd(before: number, milliseconds: number): void {
		this.leaving = Timer.set(() => {
			// A turn later the SDK has heard of it, too: its message is behind ours.
			const hasEnded = this.chip.disconnections() !== before || milliseconds <= 0;
			if (!hasEnded) return this.waitForEnd(before, milliseconds - leaveCheckMilliseconds);
			this.leaving = Timer.set(() => {
				this.leaving = undefined;
				const onLeft = this.onLeft;
				this.onLeft = undefined;
				onLeft?.();
			}, leaveCheckMilliseconds);
		}, leaveCheckMilliseconds);
	}

	/**
	 * The SDK has taken the end of the last connection for this join's, so of this one's it will say
	 * nothing: it has no state left to change.
	 */
	private watchJoin(before: number): void {
		this.leaving = Timer.set(() => {
			this.leaving = undefined;
			const hasEnded = this.chip.disconnections() !== before;
			if (hasEnded) this.end(failureOf(this.chip.disconnectReason()));
			else this.watchJoin(before);
		}, leaveCheckMilliseconds);
	}

	private joinAtLast(options: WiFiConnectOptions): void {
		guard(
			() => this.join(options),
			() => this.end("refused"), // The radio is busy, and nobody waits for a throw any more.
		);
	}

	private change(property: string): void {
		const { connection } = this.wifi;
		if (property === "connection" && connection < connected) {
			const reason = this.chip.disconnectReason();
			if (this.isJoining && !this.wasConnected && reason === ownLeave) {
				return this.watchJoin(this.chip.disconnections());
			}
			if (reason === addressLost) return this.end("no address");
			return this.end(this.wasConnected ? "lost" : failureOf(reason));
		}
		if (connection >= connected) this.wasConnected = true;
		if (connection >= addressed) {
			this.isJoining = false;
			this.stopWaiting();
		} else if (connection >= connected && this.unaddressed === undefined) {
			this.unaddressed = Timer.set(() => this.giveUp(), addressMaximumMilliseconds);
		}
		this.onChanged(property);
	}

	/** The network gives no address, and would keep the station for ever. */
	private giveUp(): void {
		this.unaddressed = undefined;
		this.disconnect();
		this.failure = "no address";
	}

	private end(failure: WiFiFailure): void {
		this.stopWaiting();
		this.failure = failure;
		this.wasConnected = false;
		this.isJoining = false;
		this.onChanged("connection");
	}

	private stopWaiting(): void {
		if (this.leaving !== undefined) Timer.clear(this.leaving);
		if (this.unaddressed !== undefined) Timer.clear(this.unaddressed);
		this.leaving = undefined;
		this.unaddressed = undefined;
	}
}

function sdkAddresses({ address, netmask, gateway }: Addresses) {
	return { address, mask: netmask, gateway };
}

/** What the SDK's scan finds; of `security` its types don't know. */
interface SdkAccessPoint {
	readonly SSID: string;
	readonly BSSID?: string;
	readonly RSSI: number;
	readonly channel?: number;
	/** `none`, `wep`, `wpa2_psk` ... */
	readonly security?: string;
}

/** A name is any 32 bytes, which the SDK takes for UTF-8: what is none of it is replaced. */
function readable(SSID: string): string {
	return utf8Decode(new Uint8Array(ArrayBuffer.fromString(SSID)));
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
