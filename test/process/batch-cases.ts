/** Batches and the line's station, as processes. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openService } from "../../hosts/dms/service.js";
import type { Case } from "./case.js";
import type { Names } from "./place.js";

async function withBatch(folder: string): Promise<Names> {
	const service = await openService({ data: join(folder, "state", "dms") });
	await service.batches.add({ name: "b1", product: "ACME-LAMP", quota: 5 });
	await service.close();
	return {};
}

export const batchCases: readonly Case[] = [
	{
		line: "opendms batch add b1 --product ACME-LAMP --quota 5",
		out: /^Batch b1 is for 5 boards\. On the line type opendms station run b1 --port \/dev\/\w+\n$/,
	},
	{ line: "opendms batch list", prepare: withBatch, out: /^b1 +ACME-LAMP +board +5 +0 +0 +no$/m },
	{ line: "opendms batch show b1", prepare: withBatch, out: /^label +\{uuid\}\nboards +0 of 5$/m },
	{ line: "opendms batch boards b1", prepare: withBatch, out: /^None\.\n$/ },
	{ line: "opendms batch close b1", prepare: withBatch, out: /^Batch b1 is closed\.\n$/ },
	{
		line: "opendms station run b1 --port none --flash esptool.py",
		prepare: withBatch,
		code: 1,
		error: /Write \{port\} in --flash\./,
	},
	{
		line: "opendms station run b1 --port none --tries 1",
		promise: "a port that isn't there is told, with the board that failed",
		prepare: withBatch,
		code: 1,
		out: /^none {2}failed {2}No console at none: /,
	},
	{ line: "opendms station figures none", code: 1, error: /no folder none\. A station writes it/ },
	{
		line: "opendms station figures .",
		promise: "of what has failed",
		prepare(folder) {
			const about = { time: "2026-11-25T12:00:00Z", batch: "b1", port: "p", milliseconds: 1_500 };
			const text = JSON.stringify({ ...about, result: "failed", error: "No console at p." });
			writeFileSync(join(folder, "port-p.jsonl"), text + "\n{torn");
		},
		out: /^port-p +failed +No console at p\. +1 +1\.5\n\n0 made, 1 failed: 0 %/m,
	},
];
