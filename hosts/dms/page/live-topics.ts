/** What pages can hear of, by the name that each has on them. */

import type { Device } from "../administration/devices.js";
import type { RollOutState } from "../administration/roll-outs.js";
import { deviceOperations } from "../api/operations/devices.js";
import { rollOutOperations } from "../api/operations/roll-outs.js";
import { OperatorError } from "../operator-error.js";
import type { Service } from "../service.js";
import { batchHeads, batchPiece, readBatch, readBatches } from "./batches.js";
import { devicePieces, readDevice } from "./device-view.js";
import { deviceHeads, listInputOf, rowsOf } from "./devices.js";
import { type Asker, performAs } from "./exchange.js";
import type { Markup } from "./layout.js";
import { liveRow } from "./live-view.js";
import type { Pieces, Topic } from "./live.js";
import { rollOutPiece } from "./roll-out-view.js";

/** The topic of this name, as whoever asks sees it. */
export function topicOf(service: Service, asker: Asker, name: string): Topic {
	const { role, user } = asker.caller;
	// All of a role see the same, but owners their own.
	const key = [name, role, ...(role === "owner" ? [user ?? ""] : [])].join(" ");
	return { key, name, read: readerOf(service, asker, name) };
}

function readerOf(service: Service, asker: Asker, name: string): Topic["read"] {
	const [kind = ""] = name.split(/[?:]/, 1);
	const rest = name.slice(kind.length + 1);
	switch (kind) {
		case "devices":
			return () => deviceRows(service, asker, rest);
		case "device":
			return async () => piecesOf(devicePieces(await readDevice(service, asker, rest)));
		case "roll-out":
			return () => rollOutOf(service, asker, rest);
		case "batches":
			return async () =>
				piecesOf(
					(await readBatches(service, asker)).map((row) => [row.key, liveRow(batchHeads, row)]),
				);
		case "batch":
			return async () => piecesOf([["state", batchPiece(await readBatch(service, asker, rest))]]);
		default:
			throw new OperatorError("name", "There are no events of that.");
	}
}

async function deviceRows(service: Service, asker: Asker, query: string): Promise<Pieces> {
	const asked = Object.fromEntries(new URLSearchParams(query));
	const input = listInputOf(asked);
	const found = await performAs<Device[]>(service, asker, deviceOperations.list, input);
	return piecesOf(rowsOf(found).map((row) => [row.key, liveRow(deviceHeads, row)]));
}

async function rollOutOf(service: Service, asker: Asker, name: string): Promise<Pieces> {
	const [product, tag] = name.split(":");
	const input = { product, tag };
	const one = rollOutOperations.show;
	return piecesOf([
		["state", rollOutPiece(await performAs<RollOutState>(service, asker, one, input))],
	]);
}

async function piecesOf(markups: Iterable<readonly [string, Markup]>): Promise<Pieces> {
	const pieces = new Map<string, string>();
	for (const [key, markup] of markups) pieces.set(key, String(await markup));
	return pieces;
}
