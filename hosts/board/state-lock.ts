/**
 * One board at a time on a state folder: two would write over each other's flash. Each board makes
 * a file with the next number, and has the folder while its number is the highest. A file of a
 * board that has ended is not replaced but followed: of two that find it at once, one can make the
 * next.
 */

import {
	closeSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import { FolderState } from "./state.js";

/** `board-7.pid`: the process in it, and the folder, since a copy of the folder is not this one. */
const lockPattern = /^board-(\d{1,15})\.pid$/;

/** The state in a folder, for this process alone; `elsewhere` says how to have another. */
export function ownState(folder: string, elsewhere = "name another folder: --state"): FolderState {
	const state = new FolderState(folder);
	lockState(folder, elsewhere);
	return state;
}

/** Throws a sentence while another process has it; it is let go when this one ends. */
function lockState(folder: string, elsewhere: string): void {
	for (;;) {
		const last = Math.max(0, ...numbersIn(folder));
		checkHolder(folder, last, elsewhere);
		const path = pathOf(folder, last + 1);
		if (!make(path, process.pid + " " + identityOf(folder) + "\n")) continue;
		const numbers = numbersIn(folder);
		// Others may have gone on from where it looked, and removed their files.
		const isLast = numbers.every((number) => number <= last + 1);
		for (const number of numbers) {
			if (number <= last) rmSync(pathOf(folder, number), { force: true });
		}
		if (isLast) return void process.once("exit", () => letGo(path));
		rmSync(path, { force: true });
	}
}

/** Throws when another process has the folder by the file with this number. */
function checkHolder(folder: string, number: number, elsewhere: string): void {
	if (number === 0) return;
	const path = pathOf(folder, number);
	const text = read(path);
	if (text === undefined) return; // Removed by who has a higher one: the next look finds that.
	const [, pid, identity] = /^(\d+) (\S+)\n$/.exec(text) ?? [];
	if (text !== "" && identity !== identityOf(folder)) return;
	// This very process is one that had the same number in a container.
	const holder = Number(pid);
	if (pid !== undefined && (holder === process.pid || !isAlive(holder))) return;
	throw new Error(
		`Another board runs on ${folder}, in process ${pid ?? "(unknown)"}. End it, or ` +
			`${elsewhere} (if that is no board, remove ${path})`,
	);
}

/** Whether this process has made it, and no other. */
function make(path: string, text: string): boolean {
	let file: number;
	try {
		file = openSync(path, "wx", 0o600);
	} catch (error) {
		if (codeOf(error) === "EEXIST") return false;
		throw error;
	}
	try {
		writeSync(file, text);
	} catch (error) {
		rmSync(path, { force: true });
		throw error;
	} finally {
		closeSync(file);
	}
	return true;
}

/** The file stays, so that nobody makes one of its number again, and names nobody. */
function letGo(path: string): void {
	try {
		writeFileSync(path, "ended\n", { flag: "r+" });
	} catch {
		// The folder is gone, or can't be written: then the process that it names has ended.
	}
}

function numbersIn(folder: string): number[] {
	return readdirSync(folder).flatMap((name) => {
		const number = lockPattern.exec(name)?.[1];
		return number === undefined ? [] : [Number(number)];
	});
}

function pathOf(folder: string, number: number): string {
	return join(folder, `board-${number}.pid`);
}

function identityOf(folder: string): string {
	const { dev, ino } = statSync(folder, { bigint: true });
	return dev + ":" + ino;
}

function read(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (codeOf(error) === "ENOENT") return undefined;
		throw error;
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return codeOf(error) === "EPERM";
	}
}

function codeOf(error: unknown): unknown {
	return error instanceof Error && "code" in error ? error.code : undefined;
}
