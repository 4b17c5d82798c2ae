/** The Wi-Fi network: which one, and how it stands. */

import type { Device, Variable } from "../../device.js";
import type { Addresses } from "../../host.js";
import { noAddress } from "../../network/ipv4.js";
import { DmsError, DmsResult } from "../../protocol/result.js";
import { CommandError, ErrorDigit } from "../reply.js";
import { isOn, valueOf } from "../values.js";

/**
 * Limits of IEEE 802.11: a name of 32 bytes, a passphrase of 8 to 63 characters or 64 hex digits.
 */
const ssidLengthMaximum = 32;
const passkeyLengthMinimum = 8;
const passkeyLengthMaximum = 64;

/** A label of RFC 1123. */
const hostnameLengthMaximum = 63;

const wlan = Object.freeze(["wlan"]);

export const ssid = Object.freeze<Variable>({
	name: "wlan.ssid",
	abbreviation: "wl s",
	maximum: ssidLengthMaximum,
});

const passkeySetting = "wlan.passkey";

export const passkey = Object.freeze<Variable>({
	name: "wlan.passkey",
	abbreviation: "wl p",
	access: "set",
	minimum: passkeyLengthMinimum,
	maximum: passkeyLengthMaximum,
	set: ({ settings }, value) => {
		if (value.length === passkeyLengthMaximum && !isHex(value)) {
			throw new CommandError(ErrorDigit.InvalidArgument, "64 characters are hexadecimal digits.");
		}
		settings.set(passkeySetting, value);
	},
});

const retriesMaximum = 255;
const retryDelayMaximumSeconds = 3600;

export const autoJoinEnabled = Object.freeze<Variable>({
	name: "wlan.auto_join.enabled",
	abbreviation: "wl o e",
	type: "boolean",
	initial: "0",
});

export const autoJoinRetries = Object.freeze<Variable>({
	name: "wlan.auto_join.retries",
	abbreviation: "wl o r",
	type: "integer",
	minimum: 0,
	maximum: retriesMaximum,
	initial: "3",
});

export const autoJoinRetryDelay = Object.freeze<Variable>({
	name: "wlan.auto_join.retry_delay",
	abbreviation: "wl o d",
	type: "integer",
	minimum: 1,
	maximum: retryDelayMaximumSeconds,
	initial: "3",
});

/** Names the setting, which the row itself can't while it is being made. */
export const hostnameSetting = "wlan.hostname";

export const hostname = Object.freeze<Variable>({
	name: hostnameSetting,
	maximum: hostnameLengthMaximum,
	get: ({ network }) => network.hostname,
	set: ({ settings }, value) => {
		if (value !== "" && !isHostname(value)) {
			throw new CommandError(ErrorDigit.InvalidArgument, "Letters, digits and inner hyphens.");
		}
		settings.set(hostnameSetting, value);
	},
});

const dhcpEnabled = Object.freeze<Variable>({
	name: "wlan.dhcp.enabled",
	abbreviation: "wl d e",
	type: "boolean",
	initial: "1",
	set: ({ settings, network }, value) => {
		if (value === "0" && !network.takesAddresses) {
			throw new DmsError(DmsResult.Unsupported, "This hardware takes its address by DHCP only.");
		}
		settings.set("wlan.dhcp.enabled", value);
	},
});

/** What the device goes by without DHCP. */
const staticIp = Object.freeze<Variable>({
	name: "wlan.static.ip",
	abbreviation: "wl t i",
	type: "address",
	initial: noAddress,
});

const staticGateway = Object.freeze<Variable>({
	name: "wlan.static.gateway",
	abbreviation: "wl t g",
	type: "address",
	initial: noAddress,
});

const staticNetmask = Object.freeze<Variable>({
	name: "wlan.static.netmask",
	abbreviation: "wl t n",
	type: "address",
	initial: "255.255.255.0",
});

/** Most gateways are resolvers, too. */
const staticDns = Object.freeze<Variable>({
	name: "wlan.static.dns",
	abbreviation: "wl t d",
	type: "address",
	initial: noAddress,
});

/** Those that are set, when the network's are not wanted. */
export function fixedAddresses(device: Device): Addresses | undefined {
	if (isOn(device, dhcpEnabled)) return undefined;
	const gateway = valueOf(device, staticGateway);
	const dns = valueOf(device, staticDns);
	return {
		address: valueOf(device, staticIp),
		netmask: valueOf(device, staticNetmask),
		gateway,
		dns: dns === noAddress ? gateway : dns,
	};
}

function isHex(text: string): boolean {
	return /^[\da-fA-F]+$/.test(text);
}

/** Letters, digits, and hyphens that are neither first nor last. */
function isHostname(text: string): boolean {
	for (let index = 0; index < text.length; index++) {
		const character = text.charAt(index).toLowerCase();
		const isLetter = character >= "a" && character <= "z";
		const isDigit = character >= "0" && character <= "9";
		const isInner = index > 0 && index < text.length - 1;
		if (!isLetter && !isDigit && !(isInner && character === "-")) return false;
	}
	return true;
}

export const networkVariables: readonly Variable[] = Object.freeze([
	Object.freeze<Variable>({
		name: "network.default_interface",
		abbreviation: "ne f",
		type: "choice",
		options: wlan,
		initial: "wlan",
	}),
	autoJoinEnabled,
	autoJoinRetries,
	autoJoinRetryDelay,
	dhcpEnabled,
	staticIp,
	staticGateway,
	staticNetmask,
	staticDns,
	Object.freeze<Variable>({
		name: "wlan.bssid",
		access: "get",
		get: ({ network }) => network.bssid,
	}),
	Object.freeze<Variable>({
		name: "wlan.mac",
		access: "get",
		get: ({ network }) => network.mac,
	}),
	Object.freeze<Variable>({
		name: "wlan.network.ip",
		type: "address",
		access: "get",
		get: ({ network }) => (network.isUp ? network.address : noAddress),
	}),
	Object.freeze<Variable>({
		name: "wlan.network.gateway",
		type: "address",
		access: "get",
		get: ({ network }) => network.addresses?.gateway ?? noAddress,
	}),
	Object.freeze<Variable>({
		name: "wlan.network.netmask",
		abbreviation: "wl n n",
		type: "address",
		access: "get",
		get: ({ network }) => network.addresses?.netmask ?? noAddress,
	}),
	Object.freeze<Variable>({
		name: "wlan.network.dns",
		type: "address",
		access: "get",
		get: ({ network }) => network.addresses?.dns ?? noAddress,
	}),
	Object.freeze<Variable>({
		name: "wlan.network.status",
		type: "integer",
		access: "get",
		minimum: 0,
		maximum: 2,
		get: ({ network }) => String(network.status),
	}),
	Object.freeze<Variable>({
		name: "softap.dns_server.enabled",
		type: "choice",
		options: Object.freeze(["0"]),
		initial: "0",
	}),
	hostname,
	passkey,
	Object.freeze<Variable>({
		name: "wlan.security",
		abbreviation: "wl c",
		type: "choice",
		options: Object.freeze(["Auto"]),
		initial: "Auto",
	}),
	ssid,
]);
