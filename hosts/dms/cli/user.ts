/** `opendms user`: people who own products and devices, and those who run the service. */

import { Argument, type Command, Option } from "commander";
import type { NewUser } from "../administration/users.js";
import { type Role, roles } from "../storage/schema.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseDuration, table, timeText, yesNo } from "./text.js";

export function addUserCommands(program: Command, terminal: Terminal): void {
	const user = program
		.command("user")
		.description("people who own products and devices, or run the service");

	user
		.command("add <name>")
		.description("add a user: a-z 0-9 . _ -")
		.addOption(new Option("--role <role>", "what the user may do (default: owner)").choices(roles))
		.option("--email <address>", "by which an identity provider's user is known")
		.action((name: string, { role, email }: NewUser, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.add(name, { role, email });
				const advice = role === undefined ? "" : " To log in: opendms user invite " + name;
				return { json, text: "User " + name + " added." + advice };
			}),
		);

	addRoleAndList(user, terminal);
	addInvite(user, terminal);

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

function addRoleAndList(user: Command, terminal: Terminal): void {
	user
		.command("role <name>")
		.addArgument(new Argument("<role>", "what the user may do").choices(roles))
		.description("say what a user may do")
		.action((name: string, role: Role, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.setRole(name, role);
				return { json, text: name + " is " + role + " now, and logs in anew." };
			}),
		);

	user
		.command("email <name> [address]")
		.description("say by which address an identity provider's user is known; without one, by none")
		.action((name: string, address: string | undefined, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.setEmail(name, address ?? null);
				return { json, text: name + " is known by " + (address ?? "no address") + " now." };
			}),
		);

	user
		.command("list")
		.description("list all users")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.list();
				const rows = json.map(({ name, role, hasPassword, hasIdentity, addedAt }) => [
					...[name, role, yesNo(hasPassword || hasIdentity)],
					timeText(addedAt),
				]);
				return { json, text: table(["name", "role", "logs in", "added"], rows) };
			}),
		);
}

function addInvite(user: Command, terminal: Terminal): void {
	user
		.command("invite <name>")
		.description("print a link at which the user sets a password, once: also a forgotten one")
		.option("--expires <duration>", "such as 2h or 7d (default: 24h)", parseDuration)
		.action((name: string, { expires }: { readonly expires?: number }, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.users.invite(name, { lifeSeconds: expires });
				const until = timeText(json.expiresAt);
				const text = `For ${name}, good once until ${until}. It is shown only now.\n${json.link}`;
				return { json, text };
			}),
		);
}
