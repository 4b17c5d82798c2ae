/** `opendms audit`: who did what, and who was refused what. */

import type { Command } from "commander";
import type { StoredAuditEntry } from "../storage/audit.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseCount, table, timeText } from "./text.js";

/** What a person reads in one go. */
const limitDefault = 100;

export function addAuditCommand(program: Command, terminal: Terminal): void {
	program
		.command("audit")
		.description("who did what, and who was refused what, oldest first")
		.option("--limit <count>", "how many of the newest entries", parseCount, limitDefault)
		.action((options: { readonly limit: number }, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.audit(options.limit);
				const head = ["time", "actor", "action", "subject", "refused by", "details"];
				return { json, text: table(head, json.map(rowOf)) };
			}),
		);
}

function rowOf(entry: StoredAuditEntry): string[] {
	const { time, actor, action, subject, rule, details } = entry;
	return [timeText(time), actor, action, subject, rule || "-", details];
}
