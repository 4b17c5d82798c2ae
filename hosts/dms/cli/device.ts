/** `opendms device`: devices, and whose they are. */

import { Argument, type Command, Option } from "commander";
import type { Device, DeviceDetails } from "../administration/devices.js";
import type { UpdateOutlook } from "../administration/update-outlook.js";
import type { RevocationReason } from "../authority/revocation-list.js";
import type { DeviceState } from "../storage/schema.js";
import type { Tag } from "../storage/schema-updates.js";
import { confirm, yesOption } from "./confirm.js";
import { deviceCsvHead, deviceCsvLine } from "../csv.js";
import { deviceIn } from "./device-id.js";
import { printList } from "./listing.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { facts, parseCount, parseDuration, timeText } from "./text.js";

interface ListOptions {
	readonly name?: string;
	readonly owner?: string;
	readonly product?: string;
	readonly state?: DeviceState;
	readonly locked?: boolean;
	readonly copied?: boolean;
	readonly version?: string;
	readonly reported?: string;
	readonly status?: number;
	readonly unseen?: number;
	readonly seen?: number;
	readonly limit?: number;
	readonly after?: string;
	readonly csv?: boolean;
}

interface RevokeOptions {
	readonly reason?: RevocationReason;
}

export function addDeviceCommands(program: Command, terminal: Terminal): void {
	const device = program
		.command("device")
		.description("devices, and whose they are; the beginning of a UUID will do");

	device
		.command("list")
		.description("list devices: all, or those that are all that is asked")
		.option("--name <text>", "those whose name has this somewhere")
		.option("--owner <user>")
		.option("--product <code>")
		.addOption(new Option("--state <state>").choices(["issued", "provisioned"]))
		.option("--locked", "those that are locked out")
		.option("--copied", "those whose key came with other hardware too")
		.option("--version <version>", "those with this firmware")
		.option("--reported <version>", "those that have said something of this version")
		.option("--status <number>", "and this: 1 is updated; bundle show has the others", parseCount)
		.option("--unseen <duration>", "not seen for so long, such as 30d", parseDuration)
		.option("--seen <duration>", "seen in the last so many hours or days", parseDuration)
		.option("--csv", "as lines for spreadsheets, with all that a table has no room for")
		.option("--limit <count>", "so many at most", parseCount)
		.option("--after <uuid>", "those behind this one: the list is in the order of UUIDs")
		.action((options: ListOptions, command: Command) =>
			printList(command, terminal, (service) => {
				const { owner, product, state, locked: isLocked, copied: isCopied, version } = options;
				const times = { unseenSince: ago(options.unseen), seenSince: ago(options.seen) };
				const said = { reported: options.reported, reportedStatus: options.status };
				const of = { named: options.name, owner, product, state, version };
				const filter = { ...of, isLocked, isCopied, ...said, ...times };
				const { after, limit } = options;
				return {
					pages: service.devices.pages(filter, { after: after?.toLowerCase(), limit }),
					head: ["uuid", "name", "state", "owner", "product", "platform", "version", "last seen"],
					cellsOf: rowOf,
					csv: options.csv ? { head: deviceCsvHead, lineOf: deviceCsvLine } : undefined,
				};
			}),
		);

	addShowAndRelease(device, terminal);
	addName(device, terminal);
	addUpdates(device, terminal);
	addLockout(device, terminal);
	addRevocation(device, terminal);
}

function ago(seconds: number | undefined): number | undefined {
	return seconds && Math.floor(Date.now() / 1000) - seconds;
}

function addShowAndRelease(device: Command, terminal: Terminal): void {
	device
		.command("show <uuid>")
		.description("show a device and its certificates")
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				const json = await service.devices.show(uuid);
				return { json, text: facts(factsOf(json)) };
			}),
		);

	device
		.command("outlook <uuid>")
		.description("say which firmware a device gets next and why, and how its updates ended")
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				const json = await service.devices.outlook(uuid);
				return { json, text: facts(outlookFacts(json)) };
			}),
		);

	device
		.command("release <uuid>")
		.description("take a device from its owner; its product stays")
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.release(uuid);
				return { json: await service.devices.show(uuid), text: "Nobody owns " + uuid + " now." };
			}),
		);
}

function outlookFacts({ version, message, reports }: UpdateOutlook): { [name: string]: string } {
	const reported = reports.map(
		(one) => `${one.product} ${one.version}: ${one.message} (${timeText(one.reportedAt)})`,
	);
	return { next: version ?? "nothing", why: message, reported: reported.join("; ") || "nothing" };
}

function addName(device: Command, terminal: Terminal): void {
	device
		.command("name <uuid> [name]")
		.description("say what people call it, such as 'Lamp in the hall'; without one, nothing")
		.action((typed: string, name: string | undefined, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.rename(uuid, name);
				const text = name === undefined ? uuid + " has no name now." : `${uuid} is ${name} now.`;
				return { json: await service.devices.show(uuid), text };
			}),
		);
}

function addUpdates(device: Command, terminal: Terminal): void {
	device
		.command("tag <uuid>")
		.addArgument(new Argument("<tag>").choices(["release", "beta", "alpha"]))
		.description("give it the bundles of this tag before others")
		.action((typed: string, tag: Tag, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.tag(uuid, tag);
				return { json: await service.devices.show(uuid), text: uuid + " gets " + tag + " now." };
			}),
		);
	device
		.command("pin <uuid> [version]")
		.description("give it this version whatever the tags are; without one, what they say")
		.action((typed: string, version: string | undefined, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.pin(uuid, version);
				const text = uuid + " gets " + (version ?? "what its tag says") + " now.";
				return { json: await service.devices.show(uuid), text };
			}),
		);
}

function addLockout(device: Command, terminal: Terminal): void {
	device
		.command("swap <uuid> <hardware>")
		.description("say that its board was swapped: the MAC address of the new one, 12 hex digits")
		.action((typed: string, hardware: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.swap(uuid, hardware);
				const text = uuid + " is on hardware " + hardware + " now.";
				return { json: await service.devices.show(uuid), text };
			}),
		);
	device
		.command("lock <uuid>")
		.description("refuse all its requests: it is stolen, or its flash was copied")
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.lock(uuid);
				const text = uuid + " is locked out. To take it back: opendms device unlock " + uuid;
				return { json: await service.devices.show(uuid), text };
			}),
		);
	device
		.command("unlock <uuid>")
		.description("take its requests again")
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				await service.devices.unlock(uuid);
				return { json: await service.devices.show(uuid), text: uuid + " is welcome again." };
			}),
		);
	device
		.command("delete <uuid>")
		.description("delete it for good: its key and UUID are never taken again")
		.option(...yesOption)
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				const { version } = await service.devices.show(uuid);
				await confirm(command, terminal, deletionOf(uuid, version));
				await service.devices.delete(uuid);
				return { json: { uuid }, text: "Device " + uuid + " deleted." };
			}),
		);
}

function addRevocation(device: Command, terminal: Terminal): void {
	device
		.command("revoke <uuid>")
		.description("lock it for good, and tell other services: its certificates go on the CRL")
		.addOption(
			new Option("--reason <reason>", "as RFC 5280 names it")
				.choices(["unspecified", "keyCompromise", "superseded", "cessationOfOperation"])
				.default("keyCompromise"),
		)
		.option(...yesOption)
		.action((typed: string, options: RevokeOptions, command: Command) =>
			report(command, terminal, async (service) => {
				const uuid = await deviceIn(service, typed);
				const question = `Device ${uuid} will never be served again, nor trusted elsewhere.`;
				await confirm(command, terminal, question);
				await service.devices.revoke(uuid, options.reason);
				return { json: await service.devices.show(uuid), text: "Device " + uuid + " revoked." };
			}),
		);
	device
		.command("certificate <uuid>")
		.description("print the certificate of its key, for other services")
		.action((typed: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.devices.certificate(await deviceIn(service, typed));
				return { json, text: json.pem.trimEnd() };
			}),
		);
}

function deletionOf(uuid: string, version: string): string {
	return `Device ${uuid}, of version ${version}, will never be served again, by any identity.`;
}

function rowOf(device: Device): string[] {
	const { uuid, name, state, owner, product, platform, version, lastSeenAt } = device;
	const locked = device.revokedAt === null ? "locked" : "revoked";
	const shown = device.lockedAt === null ? state : locked;
	const texts = [owner ?? "-", product ?? "-", platform, version, timeText(lastSeenAt)];
	return [uuid, name ?? "-", shown, ...texts];
}

function factsOf(device: DeviceDetails): { [name: string]: string } {
	const certificates = device.certificates.map(
		({ serial, expiresAt }) => serial + " until " + timeText(expiresAt),
	);
	return {
		uuid: device.uuid,
		...(device.name !== null && { name: device.name }),
		state: device.state,
		...(device.lockedAt !== null && { "locked out": timeText(device.lockedAt) }),
		...(device.revokedAt !== null && { revoked: timeText(device.revokedAt) }),
		owner: device.owner ?? "nobody",
		product: device.product ?? "none",
		tag: device.tag ?? "release",
		...(device.pin !== null && { pin: device.pin }),
		hardware: device.hardware,
		...(device.otherHardware !== null && {
			"also seen on": device.otherHardware + " at " + timeText(device.otherHardwareAt ?? 0),
		}),
		platform: device.platform,
		version: device.version,
		key: device.keyId,
		"first seen": timeText(device.firstSeenAt),
		"last seen": timeText(device.lastSeenAt),
		certificates: certificates.join(", "),
	};
}
