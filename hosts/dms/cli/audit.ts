/** `opendms audit`: who did what, and who was refused what. */

import type { Command } from "commander";
import type { StoredAuditEntry } from "../storage/audit.js";
import { jsonText, report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseCount, parseDuration, table, timeText } from "./text.js";

/** What a person reads in one go. */
const limitDefault = 100;

interface AuditOptions {
	readonly limit: number;
	readonly since?: number;
	readonly device?: string;
}

export function addAuditCommand(program: Command, terminal: Terminal): void {
	program
		.command("audit")
		.description("who did what, and who was refused what, oldest first")
		.option("--limit <count>", "how many of the newest entries", parseCount, limitDefault)
		.option("--since <duration>", "of the last so many hours or days: 12h, 30d", parseDuration)
		.option("--device <uuid>", "what this device did, or what was done with it")
		.action((options: AuditOptions, command: Command) =>
			report(command, terminal, async (service) => {
				const { limit, device } = options;
				const since = options.since && Math.floor(service.now() / 1000) - options.since;
				const stored = await service.audit(limit, { since, device: device?.toLowerCase() });
				const entries = stored.map(withDetails);
				const head = ["time", "actor", "action", "subject", "refused by", "details"];
				return { json: entries, text: table(head, entries.map(rowOf)) };
			}),
		);
}

interface Entry extends Omit<StoredAuditEntry, "details"> {
	readonly details: { readonly [name: string]: unknown };
}

function withDetails({ details, ...entry }: StoredAuditEntry): Entry {
	return { ...entry, details: JSON.parse(details) };
}

function rowOf(entry: Entry): string[] {
	const { time, actor, action, subject, rule, details } = entry;
	const shown = Object.entries(JSON.parse(jsonText(details)) as object);
	const text = shown.map(([name, value]) => name + "=" + String(value)).join(" ");
	return [timeText(time), actor, action, subject, rule || "-", text];
}
