/** `opendms user`: people who own products and devices. */

import type { Command } from "commander";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { table, timeText } from "./text.js";

export function addUserCommands(program: Command, terminal: Terminal): void {
	const user = program
		.command("user")
		.description("people who own products and devices; nobody logs in");

	user
		.command("add <name>")
		.description("add a user: a-z 0-9 . _ -")
		.action((name: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.add(name);
				return { json, text: "User " + name + " added." };
			}),
		);

	user
		.command("list")
		.description("list all users")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.list();
				const rows = json.map(({ name, addedAt }) => [name, timeText(addedAt)]);
				return { json, text: table(["name", "added"], rows) };
			}),
		);

	user
		.command("remove <name>")
		.description("remove a user who owns no product and no device")
		.action((name: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.users.remove(name);
				return { json: { name }, text: "User " + name + " removed." };
			}),
		);
}
