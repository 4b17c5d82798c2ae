/** `opendms device`: devices, and whose they are. */

import type { Command } from "commander";
import type { Device, DeviceDetails } from "../administration/devices.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { facts, table, timeText } from "./text.js";

export function addDeviceCommands(program: Command, terminal: Terminal): void {
	const device = program.command("device").description("devices, and whose they are");

	device
		.command("list")
		.description("list all devices")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.devices.list();
				const head = ["uuid", "state", "owner", "product", "platform", "version", "last seen"];
				return { json, text: table(head, json.map(rowOf)) };
			}),
		);

	device
		.command("show <uuid>")
		.description("show a device and its certificates")
		.action((uuid: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.devices.show(uuid);
				return { json, text: facts(factsOf(json)) };
			}),
		);

	device
		.command("release <uuid>")
		.description("take a device from its owner; its product stays")
		.action((uuid: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.devices.release(uuid);
				return { json: await service.devices.show(uuid), text: "Nobody owns " + uuid + " now." };
			}),
		);
}

function rowOf(device: Device): string[] {
	const { uuid, state, owner, product, platform, version, lastSeenAt } = device;
	return [uuid, state, owner ?? "-", product ?? "-", platform, version, timeText(lastSeenAt)];
}

function factsOf(device: DeviceDetails): { [name: string]: string } {
	const certificates = device.certificates.map(
		({ serial, expiresAt }) => serial + " until " + timeText(expiresAt),
	);
	return {
		uuid: device.uuid,
		state: device.state,
		owner: device.owner ?? "nobody",
		product: device.product ?? "none",
		hardware: device.hardware,
		platform: device.platform,
		version: device.version,
		key: device.keyId,
		"first seen": timeText(device.firstSeenAt),
		"last seen": timeText(device.lastSeenAt),
		certificates: certificates.join(", "),
	};
}
