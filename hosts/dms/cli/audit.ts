/** `opendms audit`: who did what, and who was refused what. */

import type { Command } from "commander";
import { deviceIn } from "./device-id.js";
import { jsonText } from "../json.js";
import type { Administration } from "../service.js";
import type { AuditFilter, StoredAuditEntry } from "../storage/audit.js";
import { type Listing, printList, writeAll } from "./listing.js";
import { globalOptionsOf } from "./place.js";
import { withService } from "./report.js";
import type { Terminal } from "./terminal.js";
import { lineOf, parseCount, parseDuration, parseId, timeText } from "./text.js";

/** What a person reads in one go. */
const limitDefault = 100;
/** How often `--follow` looks for new entries. */
const followMilliseconds = 1_000;
/** Of the columns of `--follow`, which can't know what is to come. */
const followWidths = Object.freeze([20, 47, 18, 47, 10]);

interface AuditOptions {
	readonly limit?: number;
	readonly after?: number;
	readonly since?: number;
	readonly device?: string;
	readonly actor?: string;
	readonly action?: string;
	readonly refused?: boolean;
	readonly follow?: boolean;
}

export function addAuditCommand(program: Command, terminal: Terminal): void {
	program
		.command("audit")
		.description("who did what, and who was refused what, oldest first")
		.option("--limit <count>", "how many of the newest entries (default: 100)", parseCount)
		.option("--after <id>", "the entries behind this one, with --limit the first so many", parseId)
		.option("--since <duration>", "of the last so many hours or days: 12h, 30d", parseDuration)
		.option("--device <uuid>", "what this device did, or what was done with it")
		.option("--actor <name>", "of this one, such as user:alice, api:ci or operator")
		.option("--action <action>", "of this kind, such as device.lock")
		.option("--refused", "what was refused")
		.option("--follow", "go on with what comes until stopped; as JSON, a line each")
		.action((options: AuditOptions, command: Command) =>
			options.follow
				? follow(command, terminal, options)
				: printList(command, terminal, (service) => listingOf(service, options)),
		);
}

async function listingOf(
	service: Administration,
	options: AuditOptions,
): Promise<Listing<StoredAuditEntry>> {
	return {
		pages: service.auditPages(partOf(options), await filterOf(service, options)),
		head: ["time", "actor", "action", "subject", "refused by", "details"],
		cellsOf,
		jsonOf: withDetails,
	};
}

function partOf({ limit, after }: AuditOptions): { after?: number; limit?: number } {
	const start = after === undefined ? { limit: limit ?? limitDefault } : { after };
	return { ...start, ...(limit !== undefined && { limit }) };
}

async function filterOf(
	service: Administration,
	{ since, device: typed, actor, action, refused: isRefused }: AuditOptions,
): Promise<AuditFilter> {
	const sinceTime = since && Math.floor(Date.now() / 1000) - since;
	const device = typed === undefined ? undefined : await deviceIn(service, typed.toLowerCase());
	return { since: sinceTime, device, actor, action, isRefused };
}

/** The newest entries, then each that comes, until somebody stops it or reads no more. */
async function follow(command: Command, terminal: Terminal, options: AuditOptions): Promise<void> {
	const { json = false } = globalOptionsOf(command);
	const textOf = json
		? (entry: StoredAuditEntry) => jsonText(withDetails(entry)) + "\n"
		: (entry: StoredAuditEntry) => lineOf(cellsOf(entry), followWidths) + "\n";
	await withService(command, terminal, async (service) => {
		let isStopped = false;
		let wake = (): void => undefined;
		void terminal.stopped().then(() => {
			isStopped = true;
			wake();
		});
		const filter = await filterOf(service, options);
		let last = options.after ?? 0;
		let part = partOf(options);
		while (!isStopped) {
			for await (const page of service.auditPages(part, filter)) {
				last = page.at(-1)?.id ?? last;
				if (!(await writeAll(terminal, piecesOf(page.map(textOf).join(""))))) return;
			}
			part = { after: last };
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, followMilliseconds);
				wake = () => {
					clearTimeout(timer);
					resolve();
				};
			});
		}
	});
}

async function* piecesOf(text: string): AsyncGenerator<string> {
	yield text;
}

interface Entry extends Omit<StoredAuditEntry, "details"> {
	readonly details: { readonly [name: string]: unknown };
}

function withDetails({ details, ...entry }: StoredAuditEntry): Entry {
	return { ...entry, details: JSON.parse(details) };
}

function cellsOf(stored: StoredAuditEntry): string[] {
	const { time, actor, action, subject, rule, details } = withDetails(stored);
	const shown = Object.entries(JSON.parse(jsonText(details)) as object);
	const text = shown.map(([name, value]) => name + "=" + String(value)).join(" ");
	return [timeText(time), actor, action, subject, rule || "-", text];
}
