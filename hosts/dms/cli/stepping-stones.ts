/** `opendms product stepping-stones`: what leads devices over to their platform's next key. */

import type { Command } from "commander";
import type { SteppingStone } from "../administration/stepping-stones.js";
import { confirm, yesOption } from "./confirm.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { parseCount, table, timeText } from "./text.js";

export function addSteppingStones(product: Command, terminal: Terminal): void {
	product
		.command("stepping-stones <code>")
		.description("list what leads devices that were off over to their platform's next key")
		.option("--remove <number>", "lead no device over it any more", parseCount)
		.option(...yesOption)
		.action((code: string, { remove }: { readonly remove?: number }, command: Command) =>
			report(command, terminal, async ({ steppingStones }) => {
				if (remove !== undefined) {
					await confirm(command, terminal, "Devices that have it before them need a cable then.");
					await steppingStones.remove(code, remove);
				}
				const json = await steppingStones.list(code);
				return { json, text: table(stoneHead, json.map(stoneOf)) };
			}),
		);
}

const stoneHead = ["number", "version", "generation", "devices", "added", "removed"];

function stoneOf(stone: SteppingStone): string[] {
	const { ordinal, version, generation, devices, addedAt, removedAt } = stone;
	const numbers = [String(generation), String(devices), timeText(addedAt)];
	const removed = removedAt === null ? "" : timeText(removedAt);
	return [String(ordinal), version ?? "none", ...numbers, removed];
}
