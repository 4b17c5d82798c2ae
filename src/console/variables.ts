/** The device's own variables: one row each. Names and access are Gecko OS's. */

import type { Variable } from "../device.js";
import { ProvisionStatus } from "../dms/lifecycle.js";
import { utf8Length } from "../encoding/utf8.js";
import { isUuid } from "../protocol/messages.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { parseAddress } from "../protocol/token.js";
import { updateVariables } from "./update-commands.js";

/** Names of the settings, which are also their names in flash. */
export const setting = Object.freeze({
	host: "dms.host",
	uuid: "system.uuid",
	ssid: "wlan.ssid",
	passkey: "wlan.passkey",
});

/**
 * Limits of IEEE 802.11: a name of 32 bytes, a passphrase of 8 to 63 characters or 64 hex digits.
 */
const ssidLengthMaximum = 32;
const passkeyLengthMinimum = 8;
const passkeyLengthMaximum = 64;

export const deviceVariables: readonly Variable[] = Object.freeze([
	Object.freeze<Variable>({
		name: "dms.host",
		help: "where the service is, host or host:port; by default where the token says",
		get: (device) => device.dms.address,
		set: (device, value) => {
			const isTaken = value === "" || parseAddress(value) !== undefined;
			check(isTaken, "An address is a host name or an IPv4 address, and a port if it is not 443.");
			device.settings.set(setting.host, value.toLowerCase());
		},
	}),
	Object.freeze<Variable>({
		name: "dms.provision.status",
		help: "0 no token, 1 token held, 2 not acknowledged, 3 provisioned",
		get: (device) => String(device.dms.provisionStatus),
	}),
	Object.freeze<Variable>({
		name: "dms.provision.token",
		help: "the provisioning token to use; it can't be read back",
		isSet: (device) =>
			device.dms.provisionStatus === ProvisionStatus.IncompleteAndHaveToken ||
			device.dms.provisionStatus === ProvisionStatus.CompleteButNoAck,
		set: async (device, value) => {
			check(device.dms.provisionStatus !== ProvisionStatus.Complete, "Device already provisioned");
			await device.dms.setToken(value);
			device.finishSoon();
		},
	}),
	Object.freeze<Variable>({
		name: "system.uuid",
		help: "who the device is: 40 hexadecimal digits",
		get: (device) => device.dms.uuid,
		set: (device, value) => {
			const { provisionStatus } = device.dms;
			if (provisionStatus >= ProvisionStatus.CompleteButNoAck) {
				throw new DmsError(DmsResult.AlreadyProvisioned);
			}
			check(value === "" || isUuid(value), "A UUID has 40 hexadecimal digits.");
			device.settings.set(setting.uuid, value.toLowerCase());
		},
	}),
	Object.freeze<Variable>({
		name: "system.version",
		help: "product, build, library and board",
		get: (device) => device.version,
	}),
	Object.freeze<Variable>({
		name: "wlan.mac",
		help: "the device's own MAC address",
		get: (device) => device.network.mac,
	}),
	Object.freeze<Variable>({
		name: "wlan.passkey",
		help: "the network's passkey; it can't be read back",
		isSet: (device) => device.settings.get(setting.passkey) !== "",
		set: (device, value) => {
			const { length } = value;
			const isTaken = length >= passkeyLengthMinimum && length <= passkeyLengthMaximum;
			check(value === "" || isTaken, "A passkey has 8 to 64 characters; an open network has none.");
			device.settings.set(setting.passkey, value);
		},
	}),
	Object.freeze<Variable>({
		name: "wlan.ssid",
		help: "name of the network to join",
		get: (device) => device.settings.get(setting.ssid),
		set: (device, value) => {
			check(utf8Length(value) <= ssidLengthMaximum, "A network's name has at most 32 bytes.");
			device.settings.set(setting.ssid, value);
		},
	}),
	...updateVariables,
]);

function check(isTaken: boolean, sentence: string): void {
	if (!isTaken) throw new DmsError(DmsResult.BadArgument, sentence);
}
