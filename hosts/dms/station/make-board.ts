/**
 * Makes a board into a device: flash, identity, owner, product, label. What has been done is asked
 * of the board and of the service each time, so it goes on wherever a cut has left it.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Batch } from "../administration/batches.js";
import { ProvisionStatus } from "../../../src/dms/provision-status.js";
import { DeviceConsole } from "../console/device-console.js";
import { lineOf, openPort } from "../console/port.js";
import { OperatorError } from "../operator-error.js";
import type { Administration } from "../service.js";
import { type BoardLog, readBoardLog } from "./board-log.js";
import { type LabelFormat, labelOf } from "./label.js";
import { runProgram } from "./outside-program.js";

/** What all boards of a line share. */
export interface Station {
	readonly batches: Administration["batches"];
	readonly batch: Batch;
	/** Where logs and labels are kept. */
	readonly folder: string;
	/** What flashes a board, with `{port}` in it; without one, boards come with their firmware. */
	readonly flash?: string | undefined;
	/** Commands that each board gets before it is provisioned. */
	readonly setup: readonly string[];
	readonly label: LabelFormat;
	/** What prints a label, with `{file}` in it. */
	readonly print?: string | undefined;
	readonly signal: AbortSignal;
}

export interface Made {
	readonly result: "made" | "made before";
	readonly uuid: string;
}

interface Place {
	readonly station: Station;
	readonly port: string;
	readonly log: BoardLog;
}

/** A board that answers. */
interface Board {
	readonly console: DeviceConsole;
	readonly mac: string;
	/** Its MAC address, 12 hexadecimal digits. */
	readonly hardware: string;
	/** `dms.provision.status`. */
	readonly status: number;
}

/** A blank board never answers; one that has firmware does within two seconds. */
const looks = 3;

/** Rejects when it isn't made, which may be tried again. */
export async function makeBoard(station: Station, port: string, log: BoardLog): Promise<Made> {
	const place = { station, port, log };
	const board = await reach(place);
	try {
		return await makeDevice(place, board);
	} finally {
		await board.console.close();
	}
}

/** The board with its firmware. Whoever has a token or an identity keeps the firmware it has. */
async function reach(place: Place): Promise<Board> {
	const { station, port, log } = place;
	const { flash, signal } = station;
	const found = await log
		.step("look", () => openBoard(place, flash === undefined ? undefined : looks))
		.catch((error: unknown) => {
			if (flash === undefined || signal.aborted) throw error;
			return undefined;
		});
	if (found !== undefined) log.name(found.hardware);
	if (flash === undefined || (found !== undefined && isFlashed(station, found))) {
		if (found !== undefined) return found;
		throw new Error("a board that isn't found isn't made");
	}
	await found?.console.close();
	await log.step("flash", () => runProgram(flash, { port }, signal), { command: flash });
	const board = await log.step("start", () => openBoard(place));
	log.name(board.hardware);
	return board;
}

function isFlashed({ folder, flash }: Station, { hardware, status }: Board): boolean {
	if (status !== ProvisionStatus.IncompleteAndNoToken) return true;
	return readBoardLog(folder, hardware).some(
		({ step, command, error }) => step === "flash" && command === flash && error === undefined,
	);
}

async function openBoard({ station, port }: Place, probes?: number): Promise<Board> {
	const { signal } = station;
	const options = { signal, ...(probes !== undefined && { probes }) };
	const console = await DeviceConsole.open(lineOf(await openPort(port)), options);
	try {
		const mac = await run(console, "get wlan.mac");
		const hardware = mac.replaceAll(":", "").toLowerCase();
		if (!/^[0-9a-f]{12}$/.test(hardware)) {
			throw new OperatorError("device", `The board says ${mac}, which is no MAC address.`);
		}
		return { console, mac, hardware, status: await statusOf(console) };
	} catch (error) {
		await console.close();
		throw error;
	}
}

async function makeDevice(place: Place, board: Board): Promise<Made> {
	const { station, log } = place;
	const { batches, batch } = station;
	const { console, hardware, mac } = board;
	await requirePlatform(console, batch);
	const resumed = await resume(place, board);
	const { uuid: known } = resumed;
	const admitted = await log
		.step("tokens", () => batches.addBoard(batch.name, { hardware, uuid: known }))
		.catch((error: unknown) => {
			throw resumed.error ?? error;
		});
	if (admitted.madeAt !== null) return { result: "made before", uuid: admitted.uuid ?? "" };
	const { provisioning, activation } = admitted;
	if (!resumed.isSetUp) await setUp(place, console);
	if (provisioning !== null) {
		const command = "dms_provision " + provisioning.token;
		await log.step("provision", () => run(console, command));
	}
	const uuid = known ?? (await run(console, "get system.uuid"));
	if (activation !== null) {
		await log.step("claim", () => run(console, "dms_claim " + activation.token), { uuid });
	}
	await log.step("label", () => printLabel(station, { uuid, mac }), { uuid });
	await log.step("finish", () => batches.finishBoard(batch.name, { hardware, uuid }), { uuid });
	return { result: "made", uuid };
}

interface Resumed {
	/** The identity that it has. */
	readonly uuid?: string;
	readonly isSetUp: boolean;
	/** Why a token that it holds does nothing. */
	readonly error?: unknown;
}

/** A board that a cut has left with a token is provisioned by that one first. */
async function resume(place: Place, { console, status }: Board): Promise<Resumed> {
	if (status === ProvisionStatus.Complete)
		return { uuid: await run(console, "get system.uuid"), isSetUp: false };
	if (status === ProvisionStatus.IncompleteAndNoToken) return { isSetUp: false };
	await setUp(place, console);
	try {
		await place.log.step("provision", () => run(console, "dms_provision"));
	} catch (error) {
		// A token that was revoked meanwhile is made up for by another, credentials by nothing.
		if (
			status === ProvisionStatus.CompleteButNoAck ||
			(await statusOf(console)) !== ProvisionStatus.IncompleteAndHaveToken
		)
			throw error;
		return { isSetUp: true, error };
	}
	return { uuid: await run(console, "get system.uuid"), isSetUp: true };
}

async function setUp({ station, log }: Place, console: DeviceConsole): Promise<void> {
	if (station.setup.length === 0) return;
	await log.step("setup", async () => {
		for (const command of station.setup) await run(console, command);
	});
}

/** Before it costs a token. */
async function requirePlatform(console: DeviceConsole, { platform }: Batch): Promise<void> {
	const version = await run(console, "version");
	const [, is = "unknown"] = /\bBoard:(\S+)/.exec(version) ?? [];
	if (is === platform) return;
	const message = `The board is ${is}, and the batch for ${platform}. Take it off the station.`;
	throw new OperatorError("board-platform", message);
}

async function printLabel(
	{ batch, folder, label, print, signal }: Station,
	device: { readonly uuid: string; readonly mac: string },
): Promise<void> {
	const file = join(folder, device.uuid + label.extension);
	writeFileSync(file, labelOf(label, batch, device));
	if (print !== undefined) await runProgram(print, { file, uuid: device.uuid }, signal);
}

async function statusOf(console: DeviceConsole): Promise<number> {
	return Number(await run(console, "get dms.provision.status"));
}

/** The answer to a command; rejects with the sentence of one that fails. */
async function run(console: DeviceConsole, command: string): Promise<string> {
	const { code, text } = await console.run(command);
	if (code === 0) return text;
	const [words = "", sentence = words] = text.split("\r\n");
	throw new OperatorError("device", "The board answers: " + sentence);
}
