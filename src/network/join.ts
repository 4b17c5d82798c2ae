/** One join of a network: what with, and who waits for it. */

import type { Addresses, TimerId } from "../host.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { areUsable } from "./ipv4.js";

export interface NetworkSettings {
	readonly ssid: string;
	readonly passkey: string;
	/** Empty for one made of the MAC address. */
	readonly hostname: string;
	/** Fixed ones, where the network's are not wanted. */
	readonly addresses?: Addresses | undefined;
}

const addressesSentence =
	"The fixed address does not fit. Set wlan.static.ip, wlan.static.netmask and " +
	"wlan.static.gateway, or: set wlan.dhcp.enabled 1";

/** Settles `promise` when it has ended. */
export class Join {
	readonly settings: NetworkSettings;
	timer: TimerId;
	/** A failure was taken for the end of the connection before. */
	isPassedOver = false;
	readonly promise: Promise<void>;
	resolve: () => void = () => undefined;
	reject: (error: DmsError) => void = () => undefined;

	constructor(settings: NetworkSettings) {
		this.settings = settings;
		this.promise = new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
		});
	}
}

/** Throws when nothing can come of a join. */
export function checkSettings({ ssid, addresses }: NetworkSettings): void {
	if (ssid === "") throw new DmsError(DmsResult.NetworkNotSet);
	if (addresses !== undefined && !areUsable(addresses)) {
		throw new DmsError(DmsResult.NetworkNotSet, addressesSentence);
	}
}

/** Whether both lead to the same network, in the same way. */
export function isSame(left: NetworkSettings, right: NetworkSettings): boolean {
	const isSameNetwork = left.ssid === right.ssid && left.passkey === right.passkey;
	return isSameNetwork && textOf(left.addresses) === textOf(right.addresses);
}

function textOf(addresses: Addresses | undefined): string {
	if (addresses === undefined) return "";
	const { address, netmask, gateway, dns } = addresses;
	return [address, netmask, gateway, dns].join(" ");
}

/** Whether something has failed because a network could not be joined. */
export function isOfNetwork(result: DmsResult): boolean {
	switch (result) {
		case DmsResult.WrongPasskey:
		case DmsResult.NetworkNotFound:
		case DmsResult.NetworkRefused:
		case DmsResult.NoAddress:
		case DmsResult.RadioBusy:
			return true;
		default:
			return false;
	}
}
