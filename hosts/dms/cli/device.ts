/** `opendms device`: devices, and whose they are. */

import { Argument, type Command } from "commander";
import type { Device, DeviceDetails } from "../administration/devices.js";
import type { Tag } from "../storage/schema.js";
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
	addUpdates(device, terminal);
}

function addUpdates(device: Command, terminal: Terminal): void {
	device
		.command("tag <uuid>")
		.addArgument(new Argument("<tag>").choices(["release", "beta", "alpha"]))
		.description("give it the bundles of this tag before others")
		.action((uuid: string, tag: Tag, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.devices.tag(uuid, tag);
				return { json: await service.devices.show(uuid), text: uuid + " gets " + tag + " now." };
			}),
		);
	device
		.command("pin <uuid> [version]")
		.description("give it this version whatever the tags are; without one, what they say")
		.action((uuid: string, version: string | undefined, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.devices.pin(uuid, version);
				const text = uuid + " gets " + (version ?? "what its tag says") + " now.";
				return { json: await service.devices.show(uuid), text };
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
		tag: device.tag ?? "release",
		...(device.pin !== null && { pin: device.pin }),
		hardware: device.hardware,
		platform: device.platform,
		version: device.version,
		key: device.keyId,
		"first seen": timeText(device.firstSeenAt),
		"last seen": timeText(device.lastSeenAt),
		certificates: certificates.join(", "),
	};
}
