/** `opendms prune`: what is kept for how long, and taking away what is beyond that. */

import { type Command, InvalidArgumentError } from "commander";
import { type PrunedKind, prunedKinds } from "../pruning/rule.js";
import type { Kept } from "../pruning/pruning.js";
import { reportHere } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseDuration, table } from "./text.js";

interface Keep {
	readonly kind: PrunedKind;
	readonly seconds: number | undefined;
}

interface PruneOptions {
	readonly dryRun?: boolean;
	readonly keep?: readonly Keep[];
	readonly export?: string;
}

const secondsPerDay = 86_400;

export function addPruneCommand(program: Command, terminal: Terminal): void {
	program
		.command("prune")
		.description("take away what nobody needs any more, as serve does once a day")
		.option("--dry-run", "only count it")
		.option(
			"--keep <what=duration...>",
			"remember how long to keep what: tokens=90d, audit=forever",
			(word: string, before: readonly Keep[] | undefined) => [...(before ?? []), parseKeep(word)],
		)
		.option("--export <folder>", "remember where entries of the audit log go before")
		.action((options: PruneOptions, command: Command) =>
			reportHere(command, terminal, async ({ pruning }) => {
				for (const { kind, seconds } of options.keep ?? []) await pruning.keep(kind, seconds);
				if (options.export !== undefined) await pruning.exportTo(options.export);
				const kept = options.dryRun ? await pruning.preview() : await pruning.run();
				const json = kept.map(({ outdated, ...rest }) =>
					options.dryRun ? { ...rest, outdated } : { ...rest, pruned: outdated },
				);
				const head = ["what", "kept for", options.dryRun ? "outdated" : "pruned"];
				return { json, text: table(head, kept.map(rowOf)) };
			}),
		);
}

function rowOf({ kind, keepSeconds, outdated }: Kept): string[] {
	return [kind, durationText(keepSeconds), String(outdated)];
}

function durationText(seconds: number | null): string {
	if (seconds === null) return "ever";
	if (seconds % secondsPerDay === 0) return seconds / secondsPerDay + " days";
	return seconds + " seconds";
}

function parseKeep(word: string): Keep {
	const [name, duration = ""] = word.split("=");
	const kind = prunedKinds.find((one) => one === name);
	if (kind === undefined) {
		throw new InvalidArgumentError("There are: " + prunedKinds.join(", ") + ".");
	}
	return { kind, seconds: duration === "forever" ? undefined : parseDuration(duration) };
}
