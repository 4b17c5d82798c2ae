/** Identity, owner and product: what the service gives. */

import type { Command } from "../../device.js";
import { ProvisionStatus } from "../../dms/provision-status.js";
import { toHex } from "../../encoding/bytes.js";
import { checkConfirmed } from "../confirmation.js";
import { rebooting } from "../rebooting.js";
import { isMap, type MessagePackValue } from "../../protocol/message-pack.js";

const success = "Success";

export const dmsCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "dms_provision",
		abbreviation: "dmsp",
		parameters: "[token]",
		count: Object.freeze([0, 1]),
		isSecret: true,
		// Nothing waits here while the service is asked: what waits takes memory.
		run: (device, [token]) => {
			const { dms } = device;
			if (dms.provisionStatus === ProvisionStatus.Complete) return "Device already provisioned";
			const finish = (): void => {
				if (dms.isUnfinished) device.finishSoon();
			};
			return dms.provision(token).finally(finish).then(succeeded);
		},
	}),
	Object.freeze<Command>({
		name: "dms_claim",
		abbreviation: "dmsc",
		parameters: "<token>",
		count: Object.freeze([1, 1]),
		isSecret: true,
		run: async (device, [token = ""]) => {
			const { user, product } = await device.dms.claim(token);
			if (product === undefined) return "Claimed by " + user;
			const isTaken = (device.dfu?.product ?? product) === product;
			const rest = isTaken ? ", activated to " : ". To go by its product's updates: dms_activate ";
			return "Claimed by " + user + rest + product;
		},
	}),
	Object.freeze<Command>({
		name: "dms_activate",
		abbreviation: "dmsa",
		parameters: "<product code>",
		count: Object.freeze([1, 1]),
		run: async (device, [productCode = ""]) => {
			const answer = await device.dms.activate(productCode);
			const lines = Object.entries(answer).map(([name, value]) => name + ": " + textOf(value));
			return lines.concat(success);
		},
	}),
	Object.freeze<Command>({
		name: "dms_forget",
		abbreviation: "dmsf",
		parameters: "<MAC>",
		count: Object.freeze([1, 1]),
		run: async (device, [mac = ""]) => {
			checkConfirmed(device, "dms_forget", mac);
			if (device.isStorageClosed) device.host.keyValue.erase();
			else await device.dms.forget();
			return ["The service still knows the old identity.", rebooting(device)];
		},
	}),
]);

function succeeded(): string {
	return success;
}

/** A value of a service's answer, for a person. */
function textOf(value: MessagePackValue): string {
	if (typeof value === "string") return value;
	if (value instanceof Uint8Array) return toHex(value);
	if (Array.isArray(value)) return value.map((item) => textOf(item)).join(", ");
	if (isMap(value)) {
		return Object.entries(value)
			.map(([name, item]) => name + "=" + textOf(item))
			.join(", ");
	}
	return String(value);
}
