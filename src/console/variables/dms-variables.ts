/** What concerns the device's identity and its service. */

import type { Variable } from "../../device.js";
import { ProvisionStatus } from "../../dms/provision-status.js";
import { isUuid } from "../../protocol/messages.js";
import { DmsError, DmsResult } from "../../protocol/result.js";
import { addressLengthMaximum, parseAddress } from "../../protocol/token.js";

/** A token whose address is of the longest: see PROTOCOL.md. */
const tokenLengthMaximum = 182;
const uuidLength = 40;

export const serviceAddress = Object.freeze<Variable>({
	name: "dms.host",
	maximum: addressLengthMaximum,
	get: (device) => device.dms.address,
	set: (device, value) => {
		const isTaken = value === "" || parseAddress(value) !== undefined;
		check(isTaken, "An address is a host name or an IPv4 address, and a port if it is not 443.");
		device.settings.set(serviceAddress.name, value.toLowerCase());
	},
});

export const uuid = Object.freeze<Variable>({
	name: "system.uuid",
	minimum: uuidLength,
	maximum: uuidLength,
	get: (device) => device.dms.uuid,
	set: (device, value) => {
		if (device.dms.provisionStatus >= ProvisionStatus.CompleteButNoAck) {
			throw new DmsError(DmsResult.AlreadyProvisioned);
		}
		check(value === "" || isUuid(value), "A UUID has 40 hexadecimal digits.");
		device.settings.set(uuid.name, value.toLowerCase());
	},
});

export const dmsVariables: readonly Variable[] = Object.freeze([
	serviceAddress,
	Object.freeze<Variable>({
		name: "dms.interface",
		type: "choice",
		options: Object.freeze(["wlan"]),
		initial: "wlan",
	}),
	Object.freeze<Variable>({
		name: "dms.certificate.end",
		access: "get",
		get: ({ dms: { certificateEnd } }) =>
			certificateEnd === 0 ? "" : new Date(certificateEnd * 1000).toISOString(),
	}),
	Object.freeze<Variable>({
		name: "dms.provision.status",
		type: "integer",
		access: "get",
		minimum: ProvisionStatus.IncompleteAndNoToken,
		maximum: ProvisionStatus.Complete,
		get: (device) => String(device.dms.provisionStatus),
	}),
	Object.freeze<Variable>({
		name: "dms.provision.token",
		access: "set",
		maximum: tokenLengthMaximum,
		isSet: ({ dms: { provisionStatus } }) =>
			provisionStatus === ProvisionStatus.IncompleteAndHaveToken ||
			provisionStatus === ProvisionStatus.CompleteButNoAck,
		set: async (device, value) => {
			const { dms } = device;
			if (dms.provisionStatus === ProvisionStatus.Complete) {
				throw new DmsError(DmsResult.AlreadyProvisioned);
			}
			await dms.setToken(value);
			device.finishSoon();
		},
	}),
	uuid,
]);

function check(isTaken: boolean, sentence: string): void {
	if (!isTaken) throw new DmsError(DmsResult.BadArgument, sentence);
}
