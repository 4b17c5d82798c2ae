/** `opendms token`: what a person gives a device so that it becomes somebody's. */

import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { NewToken } from "../administration/new-tokens.js";
import type { Token } from "../administration/tokens.js";
import { OperatorError } from "../operator-error.js";
import type { Administration } from "../service.js";
import { deviceIn } from "./device-id.js";
import { printList } from "./listing.js";
import { writeNewFile } from "./new-file.js";
import { globalOptionsOf } from "./place.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseCount, parseDuration, timeText } from "./text.js";

export function addTokenCommands(program: Command, terminal: Terminal): void {
	const token = program.command("token").description("what makes a device somebody's");
	addProvision(token, terminal);
	addClaim(token, terminal);
	addActivation(token, terminal);
	addTransfer(token, terminal);
	addList(token, terminal);
	addRevoke(token, terminal);
}

interface ProvisionOptions {
	readonly uuid?: string;
	readonly requireUuid?: boolean;
	readonly expires?: number;
	readonly count?: number;
	readonly csv?: string;
}

function addProvision(token: Command, terminal: Terminal): void {
	token
		.command("provision")
		.description("make a provisioning token, for one device")
		.option("--uuid <uuid>", "the UUID that the device gets: 40 hex digits")
		.option("--require-uuid", "the device must have a UUID set")
		.option("--expires <duration>", "such as 12h or 30d (the default)", parseDuration)
		.option("--count <n>", "make so many, all or none; with --csv", parseCount)
		.option("--csv <file>", "write them into this new file, one a line", String)
		.action((options: ProvisionOptions, command: Command) =>
			options.count !== undefined || options.csv !== undefined
				? makeMany(command, terminal, options)
				: make(command, terminal, "dms_provision", (service) =>
						service.tokens.addProvisioning({
							uuid: options.uuid,
							requiresUuid: options.requireUuid,
							lifeSeconds: options.expires,
						}),
					),
		);
}

function makeMany(
	command: Command,
	terminal: Terminal,
	{ count = 1, csv, requireUuid: requiresUuid, expires: lifeSeconds, uuid }: ProvisionOptions,
): Promise<void> {
	if (csv === undefined || uuid !== undefined) {
		const message = "Many tokens go into a file, and none has a UUID: --count <n> --csv <file>";
		throw new OperatorError("usage", message);
	}
	return report(command, terminal, async (service) => {
		const { made, error } = await writeNewFile(csv, "--csv", async (file) => {
			const rows = createRows(file, (lines) =>
				terminal.progress("Tokens: " + lines + " of " + count),
			);
			rows.add("id,token,expires");
			const options = { requiresUuid, lifeSeconds };
			let made = 0;
			const making = service.tokens.addProvisioningMany(count, options, (one) => {
				rows.add([one.id, one.token, timeText(one.expiresAt)].join());
				made++;
			});
			const error = await making.then(
				() => undefined,
				(error: unknown) => error,
			);
			terminal.progress("");
			// Made elsewhere by parts, those of the parts before are good.
			const isKept = made > 0 && globalOptionsOf(command).service !== undefined;
			if (error !== undefined && !isKept) throw error;
			rows.flush();
			return { made, error };
		});
		if (error !== undefined) {
			terminal.printError(`opendms: ${made} of ${count} tokens were made, and are in ${csv}.`);
			throw error;
		}
		const text = count + " tokens are in " + csv + ". Keep it as safe as a password.";
		return { json: { file: csv, count }, text };
	});
}

/** So many lines are in memory at a time. */
const rowsMaximum = 1_000;

interface Rows {
	add(line: string): void;
	flush(): void;
}

function createRows(file: number, onWritten: (lines: number) => void): Rows {
	let pending: string[] = [];
	let written = 0;
	const flush = (): void => {
		writeFileSync(file, pending.map((line) => line + "\n").join(""));
		written += pending.length;
		pending = [];
		onWritten(written);
	};
	return {
		add(line) {
			pending.push(line);
			if (pending.length >= rowsMaximum) flush();
		},
		flush,
	};
}

function addClaim(token: Command, terminal: Terminal): void {
	token
		.command("claim <user>")
		.description("make a claim token: a device becomes this user's")
		.option("--expires <duration>", "such as 12h or 1d (the default)", parseDuration)
		.action((user: string, options: { readonly expires?: number }, command: Command) =>
			make(command, terminal, "dms_claim", (service) =>
				service.tokens.addClaim({ user, lifeSeconds: options.expires }),
			),
		);
}

interface ActivationOptions {
	readonly uses?: number;
	readonly expires?: number;
}

function addActivation(token: Command, terminal: Terminal): void {
	token
		.command("activation <user> <product>")
		.description("make an activation token: devices become this user's and this product")
		.option("--uses <count>", "for how many devices (default: 1)", parseCount)
		.option("--expires <duration>", "such as 12h or 30d (the default)", parseDuration)
		.action((user: string, product: string, options: ActivationOptions, command: Command) =>
			make(command, terminal, "dms_claim", (service) => {
				const { uses, expires } = options;
				return service.tokens.addActivation({ user, product, uses, lifeSeconds: expires });
			}),
		);
}

function addTransfer(token: Command, terminal: Terminal): void {
	token
		.command("transfer <uuid> <user>")
		.description("make a transfer token: the device's owner hands it over to this user")
		.option("--expires <duration>", "such as 12h or 7d (the default)", parseDuration)
		.action(
			(typed: string, user: string, options: { readonly expires?: number }, command: Command) =>
				make(command, terminal, "dms_claim", async (service) => {
					const device = await deviceIn(service, typed);
					return service.tokens.addTransfer({ device, user, lifeSeconds: options.expires });
				}),
		);
}

interface ListOptions {
	readonly limit?: number;
	readonly after?: string;
}

function addList(token: Command, terminal: Terminal): void {
	token
		.command("list")
		.description("list all tokens, without what they open: provisioning tokens first")
		.option("--limit <count>", "so many at most", parseCount)
		.option("--after <id>", "those behind this one")
		.action((options: ListOptions, command: Command) =>
			printList(command, terminal, (service) => ({
				pages: service.tokens.pages(options),
				head: ["id", "kind", "state", "for", "uses", "expires"],
				cellsOf: rowOf,
			})),
		);
}

function addRevoke(token: Command, terminal: Terminal): void {
	token
		.command("revoke <id>")
		.description("make a token useless; devices that used it stay what they are")
		.action((id: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.tokens.revoke(id);
				return { json: { id }, text: "Token " + id + " revoked." };
			}),
		);
}

function make(
	command: Command,
	terminal: Terminal,
	deviceCommand: string,
	operation: (service: Administration) => Promise<NewToken>,
): Promise<void> {
	return report(command, terminal, async (service) => {
		const { problem } = await service.certificates.show();
		if (problem !== undefined) terminal.printError("opendms: " + problem);
		const json = await operation(service);
		const lines = [
			"Token " + json.id + ", good until " + timeText(json.expiresAt) + ". It is shown only now.",
			"Type on the device: " + deviceCommand + " " + json.token,
		];
		return { json, text: lines.join("\n") };
	});
}

function rowOf(token: Token): string[] {
	const { id, kind, state, user, product, uuid, uuidRule, uses, usesMaximum, expiresAt } = token;
	const target = kind === "provisioning" ? (uuid ?? "UUID " + uuidRule) : user;
	const whom = product === null ? (target ?? "") : target + " " + product;
	return [id, kind, state, whom, uses + " of " + usesMaximum, timeText(expiresAt)];
}
