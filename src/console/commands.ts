/** The device's own commands: one row each. Names and syntax are Gecko OS's. */

import type { Command, Device, Variable } from "../device.js";
import { ProvisionStatus } from "../dms/lifecycle.js";
import { toHex } from "../encoding/bytes.js";
import { isMap, type MessagePackValue } from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import { updateCommands } from "./update-commands.js";
import { deviceVariables } from "./variables.js";

const success = "Success";
const mask = "********";

/** The command of this name: the device's own, or an app's. */
export function findCommand(device: Device, name: string): Command | undefined {
	return find(deviceCommands, name) ?? find(device.app.commands ?? [], name);
}

const deviceCommands: readonly Command[] = Object.freeze([
	Object.freeze<Command>({
		name: "help",
		parameters: "[command]",
		help: "lists the commands and variables, or explains one",
		count: [0, 1],
		run: (device, [name]) => (name === undefined ? overview(device) : explain(device, name)),
	}),
	Object.freeze<Command>({
		name: "get",
		parameters: "<variable | group | all>",
		help: "shows a variable, or all whose names begin so",
		count: [1, 1],
		run: (device, [name = ""]) => show(device, name),
	}),
	Object.freeze<Command>({
		name: "set",
		parameters: "<variable> <value>",
		help: "changes a variable; `save` keeps it over a reset",
		count: [2, 2],
		run: async (device, [name = "", value = ""]) => {
			const variable = findVariable(device, name);
			if (variable.set === undefined) {
				throw new DmsError(DmsResult.BadArgument, name + " is read-only.");
			}
			await variable.set(device, value);
			return "Set OK";
		},
	}),
	Object.freeze<Command>({
		name: "version",
		parameters: "",
		help: "shows product, build, library and board",
		count: [0, 0],
		run: (device) => device.version,
	}),
	Object.freeze<Command>({
		name: "save",
		parameters: "",
		help: "keeps the settings over a reset",
		count: [0, 0],
		run: (device) => {
			device.settings.save();
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "reboot",
		parameters: "",
		help: "resets the device",
		count: [0, 0],
		run: (device) => {
			device.host.timer.set(() => device.host.system.restart(), 0);
			return "Rebooting";
		},
	}),
	Object.freeze<Command>({
		name: "factory_reset",
		parameters: "<MAC>",
		help: "wipes the settings and releases the owner; the identity stays",
		count: [1, 1],
		run: async (device, [mac = ""]) => {
			if (mac.toLowerCase() !== device.network.mac) {
				throw new DmsError(
					DmsResult.BadArgument,
					"Confirm with this device's own MAC: factory_reset " + device.network.mac,
				);
			}
			await device.dms.askRelease();
			const wasTold = await device.dms.finish().then(
				() => true,
				() => false,
			);
			device.settings.reset();
			device.host.timer.set(() => device.host.system.restart(), 0);
			return wasTold
				? "Rebooting"
				: "The service will be told when it is next reached.\r\nRebooting";
		},
	}),
	Object.freeze<Command>({
		name: "dms_provision",
		parameters: "[token]",
		help: "gets the device its identity, with this token or the one that is set",
		count: [0, 1],
		run: async (device, [token]) => {
			if (device.dms.provisionStatus === ProvisionStatus.Complete)
				return "Device already provisioned";
			try {
				await device.dms.provision(token);
			} finally {
				if (device.dms.isUnfinished) device.finishSoon();
			}
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "dms_claim",
		parameters: "<token>",
		help: "makes the user who issued the token the owner",
		count: [1, 1],
		run: async (device, [token = ""]) => {
			const { user, product } = await device.dms.claim(token);
			return "Claimed by " + user + (product === undefined ? "" : ", activated to " + product);
		},
	}),
	Object.freeze<Command>({
		name: "dms_activate",
		parameters: "<product code>",
		help: "ties the device to a product, whose firmware it gets from then on",
		count: [1, 1],
		run: async (device, [productCode = ""]) => {
			const answer = await device.dms.activate(productCode);
			const lines = Object.entries(answer).map(([name, value]) => name + ": " + textOf(value));
			return [...lines, success].join("\r\n");
		},
	}),
	Object.freeze<Command>({
		name: "network_up",
		parameters: "",
		help: "joins the network that is set",
		count: [0, 0],
		run: async (device) => {
			await device.network.up();
			return success;
		},
	}),
	Object.freeze<Command>({
		name: "network_down",
		parameters: "",
		help: "leaves the network",
		count: [0, 0],
		run: (device) => {
			device.network.down();
			return success;
		},
	}),
	...updateCommands,
]);

function overview(device: Device): string {
	const { commands = [], variables = [] } = device.app;
	const rows = [
		...[...deviceCommands, ...commands].map(
			({ name, parameters, help }) => [name + " " + parameters, help] as const,
		),
		...[...deviceVariables, ...variables].map(({ name, help }) => [name, help] as const),
	];
	const width = Math.max(...rows.map(([left]) => left.length)) + 2;
	return rows.map(([left, right]) => left.padEnd(width) + right).join("\r\n");
}

function explain(device: Device, name: string): string {
	const command = findCommand(device, name);
	if (command === undefined) throw new DmsError(DmsResult.BadArgument, "No command named " + name);
	return command.name + " " + command.parameters + "\r\n" + command.help;
}

function show(device: Device, name: string): string {
	const prefix = name + ".";
	const isShown = (variable: Variable): boolean =>
		name === "all" || variable.name.startsWith(prefix);
	const group = [
		...deviceVariables.filter(isShown),
		...(device.app.variables ?? []).filter(isShown),
	];
	if (group.length === 0) return valueOf(device, findVariable(device, name));
	return group.map((variable) => variable.name + ": " + valueOf(device, variable)).join("\r\n");
}

function valueOf(device: Device, variable: Variable): string {
	if (variable.get !== undefined) return variable.get(device);
	return variable.isSet?.(device) === true ? mask : "";
}

function findVariable(device: Device, name: string): Variable {
	const variable = find(deviceVariables, name) ?? find(device.app.variables ?? [], name);
	if (variable !== undefined) return variable;
	throw new DmsError(
		DmsResult.BadArgument,
		"Unknown variable: " + name + ". `get all` lists them.",
	);
}

function find<T extends { readonly name: string }>(
	table: readonly T[],
	name: string,
): T | undefined {
	return table.find((row) => row.name === name);
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
