/** Boards on a factory line: which tokens one still needs, and that it counts once. */

import type { Authority } from "../authority/authority.js";
import { OperatorError } from "../operator-error.js";
import { appendAudit } from "../storage/audit.js";
import { countBoards, findBoard, findDeviceOfBoard, putBoard } from "../storage/batches.js";
import { findClaimToken, findClaimTokenOf, revokeClaimToken } from "../storage/claim-tokens.js";
import { findDevice } from "../storage/devices.js";
import {
	findProvisioningToken,
	findProvisioningTokenOf,
	revokeProvisioningToken,
} from "../storage/provisioning-tokens.js";
import type { BatchBoardRow, BatchRow } from "../storage/schema-batches.js";
import type { Database, DeviceRow, ProductRow } from "../storage/schema.js";
import { actor, requireProduct } from "./change.js";
import { addClaimToken, addProvisioningToken, type NewToken } from "./new-tokens.js";

/** A board that may be made, and the tokens that it needs for that. */
export interface AdmittedBoard {
	/** The batch that it is of. */
	readonly batch: string;
	/** The device that it is already. */
	readonly uuid: string | null;
	readonly provisioning: NewToken | null;
	readonly activation: NewToken | null;
	/** When it was made before: nothing is left to do. In seconds since 1970. */
	readonly madeAt: number | null;
}

/** Whose tokens they are. */
export interface TokenMaker {
	readonly authority: Authority;
	readonly address: string;
}

interface Arriving {
	readonly hardware: string;
	readonly uuid: string | undefined;
}

/** The board is on the line: its tokens are used within minutes, or made anew. */
const lifeSeconds = 86_400;

export async function addBoard(
	database: Database,
	maker: TokenMaker,
	batch: BatchRow,
	board: Arriving,
	time: number,
): Promise<AdmittedBoard> {
	const { hardware, uuid } = board;
	const known = await findBoard(database, hardware);
	const device = await requireItsOwn(database, board, known);
	if (known && device && known.madeAt !== null) {
		const { batch: name, madeAt } = known;
		return { batch: name, uuid: device.uuid, provisioning: null, activation: null, madeAt };
	}
	if (known && device && known.batch !== batch.name) {
		throw exists(`Board ${hardware} is underway in batch ${known.batch}. Finish it there.`);
	}
	if (known?.batch !== batch.name) await requireRoom(database, batch);
	if (known) await revokeUnused(database, known, time);
	const product = await requireProduct(database, batch.product);
	const provisioning =
		uuid === undefined
			? await addProvisioningToken(
					...([database, maker.authority, maker.address, { lifeSeconds }, time] as const),
				)
			: null;
	const isActive = device?.owner === product.owner && device.product === product.code;
	const activation = isActive ? null : await activationFor(database, product, time);
	await putBoard(database, {
		...{ hardware, batch: batch.name, addedAt: known?.addedAt ?? time, madeAt: null },
		...{ keyId: await keyIdOf(database, provisioning, known), device: device?.uuid ?? null },
		digest: await digestOf(database, activation),
	});
	await audit(database, batch, board, { provisioning, activation }, time);
	return { batch: batch.name, uuid: device?.uuid ?? null, provisioning, activation, madeAt: null };
}

/** The device that the board is, or has been: one that has lost its identity gets no second one. */
async function requireItsOwn(
	database: Database,
	{ hardware, uuid }: Arriving,
	known: BatchBoardRow | undefined,
): Promise<DeviceRow | undefined> {
	if (uuid !== undefined) {
		const device = await findDevice(database, uuid);
		if (device?.hardware === hardware) return device;
		const message = `Board ${hardware} says that it is ${uuid}, which it is not here. `;
		throw exists(message + "If it may begin anew, type on it: dms_forget <MAC>");
	}
	const device = known && (await findDeviceOfBoard(database, known));
	if (device === undefined) return undefined;
	const message = `Board ${hardware} was ${device.uuid} already, and has lost that. `;
	throw exists(message + `If it may begin anew: opendms device delete ${device.uuid}`);
}

function exists(message: string): OperatorError {
	return new OperatorError("board-exists", message);
}

async function requireRoom(database: Database, { name, quota, closedAt }: BatchRow): Promise<void> {
	if (closedAt !== null) {
		throw new OperatorError("batch-closed", `Batch ${name} is closed. Begin another one.`);
	}
	const { boards } = await countBoards(database, name);
	if (boards < quota) return;
	const message = `Batch ${name} has had its ${quota} boards. For more, begin another one.`;
	throw new OperatorError("batch-used", message);
}

/** Tokens that were lost between service and board, by a cut. */
async function revokeUnused(
	database: Database,
	{ keyId, digest }: BatchBoardRow,
	time: number,
): Promise<void> {
	const provisioning = keyId === null ? undefined : await findProvisioningToken(database, keyId);
	if (provisioning?.deviceKeyId === null && provisioning.revokedAt === null) {
		await revokeProvisioningToken(database, provisioning.keyId, time);
	}
	const activation = digest === null ? undefined : await findClaimToken(database, digest);
	if (activation?.uses === 0 && activation.revokedAt === null) {
		await revokeClaimToken(database, activation.digest, time);
	}
}

function activationFor(database: Database, product: ProductRow, time: number): Promise<NewToken> {
	const { owner: user, code } = product;
	return addClaimToken(database, { user, product: code, lifeSeconds }, time);
}

async function keyIdOf(
	database: Database,
	token: NewToken | null,
	known: BatchBoardRow | undefined,
): Promise<string | null> {
	if (token === null) return known?.keyId ?? null;
	return (await findProvisioningTokenOf(database, token.id))?.keyId ?? null;
}

async function digestOf(database: Database, token: NewToken | null): Promise<string | null> {
	return token && ((await findClaimTokenOf(database, token.id))?.digest ?? null);
}

async function audit(
	database: Database,
	{ name }: BatchRow,
	{ hardware }: Arriving,
	tokens: Pick<AdmittedBoard, "provisioning" | "activation">,
	time: number,
): Promise<void> {
	const { provisioning, activation } = tokens;
	const ids = { provisioning: provisioning?.id ?? null, activation: activation?.id ?? null };
	const entry = { actor: actor(), action: "batch.board", subject: "batch:" + name };
	await appendAudit(database, time, { ...entry, details: { hardware, ...ids } });
}
