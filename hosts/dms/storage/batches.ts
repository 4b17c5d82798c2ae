/** Batches of boards, and the boards that they have given tokens to. */

import type { Updateable } from "kysely";
import { findDeviceByNextKey, findReplacedKey } from "./device-keys.js";
import { findDevice, findDeviceByKey } from "./devices.js";
import type { Page } from "./pages.js";
import type { BatchBoardRow, BatchRow } from "./schema-batches.js";
import type { Database, DeviceRow } from "./schema.js";

export async function insertBatch(database: Database, batch: BatchRow): Promise<void> {
	await database.insertInto("batches").values(batch).execute();
}

export async function findBatch(database: Database, name: string): Promise<BatchRow | undefined> {
	return database.selectFrom("batches").selectAll().where("name", "=", name).executeTakeFirst();
}

export async function listBatches(database: Database): Promise<BatchRow[]> {
	return database.selectFrom("batches").selectAll().orderBy("name").execute();
}

export async function closeBatch(
	database: Database,
	name: string,
	closedAt: number,
): Promise<void> {
	await database.updateTable("batches").set({ closedAt }).where("name", "=", name).execute();
}

export interface BoardCount {
	/** Boards that have got tokens. */
	readonly boards: number;
	/** Those of them that have become devices. */
	readonly made: number;
}

export async function countBoards(database: Database, batch: string): Promise<BoardCount> {
	const { boards, made } = await database
		.selectFrom("batchBoards")
		.select(({ fn }) => [
			fn.count<number | string>("hardware").as("boards"),
			fn.count<number | string>("madeAt").as("made"),
		])
		.where("batch", "=", batch)
		.executeTakeFirstOrThrow();
	return { boards: Number(boards), made: Number(made) };
}

export async function findBoard(
	database: Database,
	hardware: string,
): Promise<BatchBoardRow | undefined> {
	return database
		.selectFrom("batchBoards")
		.selectAll()
		.where("hardware", "=", hardware)
		.executeTakeFirst();
}

/** In the order of their MAC addresses. */
export async function listBoards(
	database: Database,
	batch: string,
	{ after, limit }: Page<string>,
): Promise<BatchBoardRow[]> {
	return database
		.selectFrom("batchBoards")
		.selectAll()
		.where("batch", "=", batch)
		.$if(after !== undefined, (query) => query.where("hardware", ">", after ?? ""))
		.orderBy("hardware")
		.limit(limit)
		.execute();
}

/** Puts it there, or in the place of what was known of this board. */
export async function putBoard(database: Database, board: BatchBoardRow): Promise<void> {
	const { hardware: _, ...rest } = board;
	await database
		.insertInto("batchBoards")
		.values(board)
		.onConflict((conflict) => conflict.column("hardware").doUpdateSet(rest))
		.execute();
}

export async function updateBoard(
	database: Database,
	hardware: string,
	changes: Updateable<BatchBoardRow>,
): Promise<void> {
	const board = database.updateTable("batchBoards").set(changes);
	await board.where("hardware", "=", hardware).execute();
}

/** The device that a board has become, if there is one; one that was deleted is none. */
export async function findDeviceOfBoard(
	database: Database,
	{ keyId, device }: BatchBoardRow,
): Promise<DeviceRow | undefined> {
	if (device !== null) return findDevice(database, device);
	if (keyId === null) return undefined;
	const token = await database
		.selectFrom("provisioningTokens")
		.select("deviceKeyId")
		.where("keyId", "=", keyId)
		.executeTakeFirst();
	const key = token?.deviceKeyId ?? undefined;
	if (key === undefined) return undefined;
	const held = (await findDeviceByKey(database, key)) ?? (await findDeviceByNextKey(database, key));
	if (held !== undefined) return held;
	const replaced = await findReplacedKey(database, key);
	return replaced && findDevice(database, replaced.device);
}

/** Deletes those of a product, with what they know of boards. */
export async function deleteBatchesOf(database: Database, product: string): Promise<void> {
	const names = database.selectFrom("batches").select("name").where("product", "=", product);
	await database.deleteFrom("batchBoards").where("batch", "in", names).execute();
	await database.deleteFrom("batches").where("product", "=", product).execute();
}
