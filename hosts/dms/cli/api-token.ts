/** `opendms api-token`: who may use the service from elsewhere. */

import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { ApiToken } from "../administration/api-tokens.js";
import { type TokenRole, tokenRoles } from "../storage/schema.js";
import { writeNewFile } from "./new-file.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseDuration, table, timeText } from "./text.js";

interface AddOptions {
	readonly role: TokenRole;
	readonly user?: string;
	readonly expires?: number;
	readonly out?: string;
}

export function addApiTokenCommands(program: Command, terminal: Terminal): void {
	const token = program.command("api-token").description("who may use the service from elsewhere");

	token
		.command("add <name>")
		.description("make a token for the API")
		.addOption(
			new Option("--role <role>", "what it may do").choices(tokenRoles).makeOptionMandatory(),
		)
		.option("--user <user>", "with --role owner: whose devices")
		.option("--expires <duration>", "such as 12h or 90d (the default)", parseDuration)
		.option("--out <file>", "write it into this new file, which only you can read")
		.action((name: string, options: AddOptions, command: Command) =>
			report(command, terminal, async (service) => {
				const { role, user, expires: lifeSeconds, out } = options;
				const add = () => service.apiTokens.add({ name, role, user, lifeSeconds });
				if (out === undefined) {
					const made = await add();
					return { json: made, text: lineOf(made) + " It is shown only now.\n" + made.token };
				}
				const { token: _, ...made } = await writeNewFile(out, "--out", async (file) => {
					const made = await add();
					writeFileSync(file, made.token + "\n");
					return made;
				});
				return { json: { ...made, file: out }, text: lineOf(made) + " It is in " + out };
			}),
		);
	addListAndRevoke(token, terminal);
}

function addListAndRevoke(token: Command, terminal: Terminal): void {
	token
		.command("list")
		.description("list all API tokens, without what they open")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.apiTokens.list();
				const rows = json.map(({ name, role, user, addedBy, expiresAt }) => [
					...[name, role, user ?? "-", addedBy ?? "-"],
					timeText(expiresAt),
				]);
				return { json, text: table(["name", "role", "user", "made by", "expires"], rows) };
			}),
		);

	token
		.command("revoke <name>")
		.description("make an API token useless")
		.action((name: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.apiTokens.revoke(name);
				return { json: { name }, text: "API token " + name + " revoked." };
			}),
		);
}

function lineOf({ name, expiresAt }: ApiToken): string {
	return "API token " + name + ", good until " + timeText(expiresAt) + ".";
}
