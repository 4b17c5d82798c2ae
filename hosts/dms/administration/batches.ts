/** Batches: boards that a factory line makes into devices of a product, up to a quota. */

import { isUuid } from "../../../src/protocol/messages.js";
import type { Core } from "../core.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import {
	closeBatch,
	countBoards,
	findBatch,
	findBoard,
	insertBatch,
	listBatches,
	listBoards,
	updateBoard,
} from "../storage/batches.js";
import { findDevice } from "../storage/devices.js";
import { type Page, pagesOf, type Part } from "../storage/pages.js";
import type { BatchBoardRow, BatchRow } from "../storage/schema-batches.js";
import type { Database } from "../storage/schema.js";
import { addBoard, type AdmittedBoard } from "./batch-boards.js";
import { actor, change, requireProduct } from "./change.js";

export interface NewBatch {
	/** Such as `2026-11`. */
	readonly name: string;
	/** The product that its boards go on; its owner owns the devices. */
	readonly product: string;
	/** How many boards it is for. */
	readonly quota: number;
	/**
	 * What the QR code of a label says, with `{uuid}`, `{mac}`, `{product}` and `{batch}`.
	 * Default: the UUID.
	 */
	readonly label?: string | undefined;
}

export interface Batch extends Required<NewBatch> {
	readonly label: string;
	/** The product's: what its boards must be. */
	readonly platform: string;
	/** The product's. */
	readonly title: string;
	/** Boards that have got tokens. */
	readonly boards: number;
	/** Boards that have become devices. */
	readonly made: number;
	/** Seconds since 1970. */
	readonly addedAt: number;
	/** Seconds since 1970. */
	readonly closedAt: number | null;
}

export interface Board {
	/** Its MAC address, 12 hexadecimal digits. */
	readonly hardware: string;
	/** The UUID that it says it has, once it is provisioned. */
	readonly uuid?: string | undefined;
}

export interface BatchBoard {
	readonly hardware: string;
	readonly uuid: string | null;
	/** Seconds since 1970. */
	readonly addedAt: number;
	/** Seconds since 1970. */
	readonly madeAt: number | null;
}

export interface Batches {
	add(batch: NewBatch): Promise<Batch>;
	list(): Promise<Batch[]>;
	show(name: string): Promise<Batch>;
	/** It takes no further board; those that are underway go on. */
	close(name: string): Promise<void>;
	/** In the order of their MAC addresses. */
	boards(name: string, part?: Part<string>): AsyncIterable<BatchBoard[]>;
	/**
	 * Gives a board the tokens that it still needs. It counts once, however often it comes: tokens
	 * that it was given before and hasn't used are revoked.
	 */
	addBoard(name: string, board: Board): Promise<AdmittedBoard>;
	/** Notes that the board has become this device, which the service checks. */
	finishBoard(name: string, board: Required<Board>): Promise<void>;
}

const namePattern = /^(?!\.+$)[A-Za-z0-9._-]{1,64}$/;
/** More is a slip of the keyboard. */
const quotaMaximum = 1_000_000;
/** What a QR code of a small label holds. */
const labelLengthMaximum = 200;
const labelDefault = "{uuid}";
/** What stands in braces in a label. */
export const placeholders: readonly string[] = Object.freeze(["uuid", "mac", "product", "batch"]);

/** `address` is where devices reach the service; it throws while nobody has said. */
export function createBatches(core: Core, address: () => string): Batches {
	return {
		add: (batch) => change(core, (database, time) => add(database, batch, time)),
		list: async () => {
			const rows = await listBatches(core.database);
			return Promise.all(rows.map((row) => batchOf(core.database, row)));
		},
		show: async (name) => batchOf(core.database, await requireBatch(core.database, name)),
		close: (name) => change(core, (database, time) => close(database, name, time)),
		boards: (name, part) => boardsOf(core.database, name, part),
		addBoard: (name, { hardware, uuid }) =>
			change(core, async (database, time) => {
				const batch = await requireBatch(database, name);
				const board = { hardware: requireHardware(hardware), uuid: requireUuid(uuid) };
				const maker = { authority: core.authorities.newest, address: address() };
				return addBoard(database, maker, batch, board, time);
			}),
		finishBoard: (name, board) =>
			change(core, (database, time) => finish(database, name, board, time)),
	};
}

async function requireBatch(database: Database, name: string): Promise<BatchRow> {
	const batch = await findBatch(database, name);
	if (batch !== undefined) return batch;
	const message = "There is no batch " + name + ". See which there are: opendms batch list";
	throw new OperatorError("batch-unknown", message);
}

async function add(database: Database, batch: NewBatch, time: number): Promise<Batch> {
	const { name, product: code, quota, label = labelDefault } = batch;
	if (!namePattern.test(name)) {
		const message =
			"A batch's name has 1 to 64 letters, digits, hyphens, underscores and dots, not dots alone.";
		throw new OperatorError("name", message);
	}
	if (!Number.isSafeInteger(quota) || quota < 1 || quota > quotaMaximum) {
		throw new OperatorError("limit", "A batch is for 1 to " + quotaMaximum + " boards.");
	}
	requireLabel(label);
	await requireProduct(database, code);
	if ((await findBatch(database, name)) !== undefined) {
		throw new OperatorError("batch-exists", "There is a batch " + name + ". Choose another name.");
	}
	const row = { name, product: code, quota, label, addedAt: time, closedAt: null };
	await insertBatch(database, row);
	const details = { product: code, quota, label };
	const subject = "batch:" + name;
	await appendAudit(database, time, { actor: actor(), action: "batch.add", subject, details });
	return batchOf(database, row);
}

function requireLabel(label: string): void {
	const isPrintable = label !== "" && !/[\u0000-\u001f\u007f-\u009f]/.test(label);
	if (!isPrintable || label.length > labelLengthMaximum) {
		const message = `A label has 1 to ${labelLengthMaximum} printable characters.`;
		throw new OperatorError("name", message);
	}
	const [, unknown] =
		[...label.matchAll(/\{([^}]*)\}?/g)].find(([, name = ""]) => !placeholders.includes(name)) ??
		[];
	if (unknown === undefined) return;
	const known = placeholders.map((name) => `{${name}}`).join(" ");
	throw new OperatorError("name", `There is no {${unknown}} for a label. There are: ${known}`);
}

async function close(database: Database, name: string, time: number): Promise<void> {
	const batch = await requireBatch(database, name);
	if (batch.closedAt !== null) return;
	await closeBatch(database, name, time);
	const entry = { actor: actor(), action: "batch.close", subject: "batch:" + name };
	await appendAudit(database, time, entry);
}

async function* boardsOf(
	database: Database,
	name: string,
	part: Part<string> = {},
): AsyncGenerator<BatchBoard[]> {
	await requireBatch(database, name);
	const read = (page: Page<string>) => listBoards(database, name, page);
	for await (const rows of pagesOf(read, ({ hardware }) => hardware, part)) {
		yield rows.map(boardOf);
	}
}

async function finish(
	database: Database,
	name: string,
	{ hardware, uuid }: Required<Board>,
	time: number,
): Promise<void> {
	const batch = await requireBatch(database, name);
	const board = await findBoard(database, requireHardware(hardware));
	const device = await findDevice(database, requireUuid(uuid) ?? "");
	if (board === undefined || board.batch !== name) {
		const message = `Batch ${name} has no board ${hardware}. Let the station begin with it anew.`;
		throw new OperatorError("board-unknown", message);
	}
	const isActive = device?.state === "provisioned" && device.product === batch.product;
	if (!isActive || device.owner === null || device.hardware !== board.hardware) {
		const message = `Board ${hardware} is not on ${batch.product} yet. Put it back on the line.`;
		throw new OperatorError("board-unfinished", message);
	}
	if (board.madeAt !== null && board.device === device.uuid) return;
	await updateBoard(database, board.hardware, { device: device.uuid, madeAt: time });
	const details = { batch: name, hardware: board.hardware };
	const entry = { actor: actor(), action: "batch.finish", subject: "device:" + device.uuid };
	await appendAudit(database, time, { ...entry, details });
}

function requireHardware(text: string): string {
	const hardware = text.toLowerCase().replaceAll(":", "");
	if (/^[0-9a-f]{12}$/.test(hardware)) return hardware;
	throw new OperatorError("name", "A board is named by its MAC address, 12 hex digits.");
}

function requireUuid(text: string | undefined): string | undefined {
	const uuid = text?.toLowerCase();
	if (uuid === undefined || isUuid(uuid)) return uuid;
	throw new OperatorError("uuid", "A UUID has 40 hexadecimal digits.");
}

async function batchOf(database: Database, row: BatchRow): Promise<Batch> {
	const { platform, title } = await requireProduct(database, row.product);
	const { name, product, quota, label, addedAt, closedAt } = row;
	const { boards, made } = await countBoards(database, name);
	return { name, product, platform, title, quota, label, boards, made, addedAt, closedAt };
}

function boardOf({ hardware, device, addedAt, madeAt }: BatchBoardRow): BatchBoard {
	return { hardware, uuid: device, addedAt, madeAt };
}
