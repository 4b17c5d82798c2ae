/** Operations on batches of boards, and what a factory line asks for each board. */

import * as z from "zod";
import { collect } from "../../storage/pages.js";
import { operation } from "../operation.js";
import { admittedBoard, batch, batchBoard, done, limit, name, uuid } from "../schemas.js";
import { all, forOperators, forStations } from "./access.js";

const hardware = z.string().max(64).describe("its MAC address, 12 hex digits");
const one = z.strictObject({ name });

export const batchOperations = {
	list: operation({
		...{ id: "listBatches", method: "GET", path: "/batches", summary: "All batches" },
		roles: all,
		input: z.strictObject({}),
		output: z.array(batch),
		run: ({ service }) => service.batches.list(),
	}),
	show: operation({
		...{ id: "showBatch", method: "GET", path: "/batches/{name}", summary: "A batch" },
		roles: [...all, "station"],
		input: one,
		output: batch,
		run: ({ service }, input) => service.batches.show(input.name),
	}),
	add: operation({
		...{ id: "addBatch", method: "POST", path: "/batches", summary: "Begins a batch of boards" },
		roles: forOperators,
		input: z.strictObject({
			...{ name, product: z.string() },
			quota: z.int().min(1).describe("how many boards it is for"),
			label: z
				.string()
				.optional()
				.describe("what a label's QR code says, with {uuid} {mac} {product} {batch}"),
		}),
		output: batch,
		run: ({ service }, input) => service.batches.add(input),
	}),
	close: operation({
		id: "closeBatch",
		method: "POST",
		path: "/batches/{name}/close",
		summary: "Takes no further board; those that are underway go on",
		roles: forOperators,
		input: one,
		output: done,
		run: ({ service }, input) => service.batches.close(input.name),
	}),
	boards: operation({
		id: "listBoards",
		method: "GET",
		path: "/batches/{name}/boards",
		summary: "A page of the boards of a batch, in the order of their MAC addresses",
		roles: all,
		input: z.strictObject({
			name,
			after: hardware.optional().describe("the last one of the page before"),
			limit,
		}),
		output: z.array(batchBoard),
		run: ({ service }, { name: batch, ...part }) => collect(service.batches.boards(batch, part)),
	}),
	addBoard: operation({
		id: "addBoard",
		method: "POST",
		path: "/batches/{name}/boards",
		summary: "Gives a board the tokens that it still needs; it counts once",
		roles: forStations,
		input: z.strictObject({
			name,
			hardware,
			uuid: uuid.optional().describe("that it says it has, once it is provisioned"),
		}),
		output: admittedBoard,
		run: ({ service }, { name: batch, ...board }) => service.batches.addBoard(batch, board),
	}),
	finishBoard: operation({
		id: "finishBoard",
		method: "PUT",
		path: "/batches/{name}/boards/{hardware}",
		summary: "Says that the board has become this device, which is checked",
		roles: forStations,
		input: z.strictObject({ name, hardware, uuid }),
		output: done,
		run: ({ service }, { name: batch, ...board }) => service.batches.finishBoard(batch, board),
	}),
};
