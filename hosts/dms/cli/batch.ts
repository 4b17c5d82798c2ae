/** `opendms batch`: how many boards a factory line may make into devices, and which they became. */

import type { Command } from "commander";
import type { Batch, BatchBoard } from "../administration/batches.js";
import { printList } from "./listing.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";
import { facts, parseCount, table, timeText } from "./text.js";

interface AddOptions {
	readonly product: string;
	readonly quota: number;
	readonly label?: string;
}

export function addBatchCommands(program: Command, terminal: Terminal): void {
	const batch = program.command("batch").description("boards that a factory line makes");
	batch
		.command("add <name>")
		.description("begin a batch; a name is such as 2026-11")
		.requiredOption("--product <code>", "the product that its boards go on")
		.requiredOption("--quota <count>", "how many boards it is for", parseCount)
		.option(
			"--label <text>",
			"what a label's QR code says, with {uuid} (the default), {mac}, {product} and {batch}",
		)
		.action((name: string, { product, quota, label }: AddOptions, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.batches.add({ name, product, quota, label });
				const way = `On the line type opendms station run ${name} --port /dev/ttyUSB0`;
				const text = `Batch ${name} is for ${quota} boards. ${way}`;
				return { json, text };
			}),
		);
	addViews(batch, terminal);
	batch
		.command("close <name>")
		.description("take no further board; those that are underway go on")
		.action((name: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				await service.batches.close(name);
				return { json: { name }, text: "Batch " + name + " is closed." };
			}),
		);
}

function addViews(batch: Command, terminal: Terminal): void {
	batch
		.command("list")
		.description("list all batches")
		.action((_options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.batches.list();
				const head = ["name", "product", "platform", "quota", "boards", "made", "closed"];
				return { json, text: table(head, json.map(rowOf)) };
			}),
		);
	batch
		.command("show <name>")
		.description("show a batch, and how far it has come")
		.action((name: string, _options: object, command: Command) =>
			report(command, terminal, async (service) => {
				const json = await service.batches.show(name);
				return { json, text: facts(factsOf(json)) };
			}),
		);
	batch
		.command("boards <name>")
		.description("list the boards of a batch, and which devices they have become")
		.option("--limit <count>", "so many at most", parseCount)
		.option("--after <mac>", "those behind this one")
		.action(
			(
				name: string,
				part: { readonly limit?: number; readonly after?: string },
				command: Command,
			) =>
				printList(command, terminal, (service) => ({
					pages: service.batches.boards(name, part),
					head: ["mac", "device", "made"],
					cellsOf: cellsOf,
				})),
		);
}

function rowOf({ name, product, platform, quota, boards, made, closedAt }: Batch): string[] {
	return [name, product, platform, ...[quota, boards, made].map(String), closedText(closedAt)];
}

function cellsOf({ hardware, uuid, madeAt }: BatchBoard): string[] {
	return [hardware, uuid ?? "", madeAt === null ? "" : timeText(madeAt)];
}

function factsOf({ name, product, title, platform, label, ...batch }: Batch) {
	const { quota, boards, made, addedAt, closedAt } = batch;
	return {
		...{ name, product, title, platform, label },
		boards: `${boards} of ${quota}`,
		made: String(made),
		added: timeText(addedAt),
		closed: closedText(closedAt),
	};
}

function closedText(closedAt: number | null): string {
	return closedAt === null ? "no" : timeText(closedAt);
}
