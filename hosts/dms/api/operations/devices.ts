/** Operations on devices. An owner's are his own; others' aren't there for him. */

import * as z from "zod";
import type { DeviceDetails } from "../../administration/devices.js";
import { OperatorError } from "../../operator-error.js";
import { collect } from "../../storage/pages.js";
import { type Context, operation } from "../operation.js";
import {
	certificate,
	device,
	deviceDetails,
	done,
	limit,
	name,
	revocationReason,
	tag,
	updateOutlook,
	uuid,
	version,
} from "../schemas.js";
import { forOperators, forOwnersToo } from "./access.js";

const flag = z.stringbool().optional();
const time = z.coerce.number().int().optional();
const one = z.strictObject({ uuid });

/** The device, if whoever asks may see it. */
export async function showTo({ service, caller }: Context, uuid: string): Promise<DeviceDetails> {
	const shown = await service.devices.show(uuid).catch((error: unknown) => error);
	if (caller.role === "owner" && (!isDevice(shown) || shown.owner !== caller.user)) {
		throw new OperatorError("device-unknown", "You have no device " + uuid + ".");
	}
	if (isDevice(shown)) return shown;
	throw shown;
}

export const deviceOperations = {
	list: operation({
		id: "listDevices",
		method: "GET",
		path: "/devices",
		summary: "A page of the devices that are all that is asked, in the order of their UUIDs",
		roles: forOwnersToo,
		input: z.strictObject({
			prefix: uuid.optional().describe("with which its UUID begins"),
			named: z.string().min(1).max(64).optional().describe("what its name has somewhere"),
			owner: name.optional(),
			product: z.string().optional(),
			state: z.enum(["issued", "provisioned"]).optional(),
			isLocked: flag,
			isCopied: flag.describe("came with other hardware too"),
			version: version.optional(),
			reported: version.optional().describe("has said something of this version"),
			reportedStatus: z.coerce.number().int().optional().describe("which is this dfu.status"),
			unseenSince: time.describe("not seen since then: seconds since 1970"),
			seenSince: time.describe("seen then or later: seconds since 1970"),
			after: uuid.optional().describe("the last one of the page before"),
			limit,
		}),
		output: z.array(device),
		run({ service, caller }, { after, limit, ...filter }) {
			const owner = caller.role === "owner" ? (caller.user ?? "") : filter.owner;
			return collect(service.devices.pages({ ...filter, owner }, { after, limit }));
		},
	}),
	show: operation({
		...{ id: "showDevice", method: "GET", path: "/devices/{uuid}", summary: "A device" },
		roles: forOwnersToo,
		input: one,
		output: deviceDetails,
		run: (context, input) => showTo(context, input.uuid),
	}),
	release: operation({
		id: "releaseDevice",
		method: "POST",
		path: "/devices/{uuid}/release",
		summary: "Takes it from its owner; its product stays",
		roles: [...forOperators, "owner"],
		input: one,
		output: done,
		run: async (context, input) => {
			await showTo(context, input.uuid);
			const { role, user } = context.caller;
			const by = role === "owner" ? (user ?? "") : undefined;
			await context.service.devices.release(input.uuid, by);
		},
	}),
	rename: operation({
		id: "nameDevice",
		method: "PUT",
		path: "/devices/{uuid}/name",
		summary: "Says what people call it; without one, nothing",
		roles: [...forOperators, "owner"],
		input: z.strictObject({ uuid, name: z.string().max(64).optional() }),
		output: done,
		run: async (context, input) => {
			await showTo(context, input.uuid);
			await context.service.devices.rename(input.uuid, input.name);
		},
	}),
	tag: operation({
		id: "tagDevice",
		method: "PUT",
		path: "/devices/{uuid}/tag",
		summary: "Gives it the bundles of this tag before others",
		roles: forOperators,
		input: z.strictObject({ uuid, tag }),
		output: done,
		run: ({ service }, input) => service.devices.tag(input.uuid, input.tag),
	}),
	pin: operation({
		id: "pinDevice",
		method: "PUT",
		path: "/devices/{uuid}/pin",
		summary: "Gives it this version whatever the tags are; without one, what they say",
		roles: forOperators,
		input: z.strictObject({ uuid, version: version.optional() }),
		output: done,
		run: ({ service }, input) => service.devices.pin(input.uuid, input.version),
	}),
	swap: operation({
		id: "swapDevice",
		method: "PUT",
		path: "/devices/{uuid}/hardware",
		summary: "Says that its board was swapped",
		roles: forOperators,
		input: z.strictObject({ uuid, hardware: z.string().describe("the new MAC, 12 hex digits") }),
		output: done,
		run: ({ service }, input) => service.devices.swap(input.uuid, input.hardware),
	}),
	lock: operation({
		id: "lockDevice",
		method: "PUT",
		path: "/devices/{uuid}/lock",
		summary: "Refuses all its requests",
		roles: forOperators,
		input: one,
		output: done,
		run: ({ service }, input) => service.devices.lock(input.uuid),
	}),
	unlock: operation({
		id: "unlockDevice",
		method: "DELETE",
		path: "/devices/{uuid}/lock",
		summary: "Takes its requests again",
		roles: forOperators,
		input: one,
		output: done,
		run: ({ service }, input) => service.devices.unlock(input.uuid),
	}),
	revoke: operation({
		id: "revokeDevice",
		method: "PUT",
		path: "/devices/{uuid}/revocation",
		summary: "Locks it for good, and puts its certificates on the list for other services",
		roles: forOperators,
		input: z.strictObject({ uuid, reason: revocationReason.optional() }),
		output: done,
		run: ({ service }, input) => service.devices.revoke(input.uuid, input.reason),
	}),
	certificate: operation({
		id: "showDeviceCertificate",
		method: "GET",
		path: "/devices/{uuid}/certificate",
		summary: "The certificate of its key, for other services",
		roles: forOwnersToo,
		input: one,
		output: certificate,
		run: async (context, input) => {
			await showTo(context, input.uuid);
			return context.service.devices.certificate(input.uuid);
		},
	}),
	outlook: operation({
		id: "showDeviceUpdate",
		method: "GET",
		path: "/devices/{uuid}/update",
		summary: "What it gets at its next query, and why, and what it has reported",
		roles: forOwnersToo,
		input: one,
		output: updateOutlook,
		run: async (context, input) => {
			await showTo(context, input.uuid);
			return context.service.devices.outlook(input.uuid);
		},
	}),
	delete: operation({
		id: "deleteDevice",
		method: "DELETE",
		path: "/devices/{uuid}",
		summary: "Deletes it for good: its key and UUID are never taken again",
		roles: forOperators,
		input: one,
		output: done,
		run: ({ service }, input) => service.devices.delete(input.uuid),
	}),
};

function isDevice(shown: unknown): shown is DeviceDetails {
	return !(shown instanceof Error);
}
