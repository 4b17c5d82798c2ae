/**
 * What a C compiler of this machine makes, where there is one: the replay of a recording under
 * AddressSanitizer, for a test of our C, and the program that gives a UART a pseudo-terminal.
 */

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { root } from "../../root.js";
import {
	commonOptions,
	outputFolder,
	readHeaders,
	readSources,
	warningOptions,
} from "./sources.js";

const compiler = "gcc";

export const ptyPath: string = join(outputFolder, "pty");
const replayFolder = join(outputFolder, "replay");
const replayPath = join(replayFolder, "replay");

/**
 * It looks for pointers that a collection has made stale: it collects at every allocation, with
 * each chunk in memory of its own and free slots poisoned. Faults are planted in it, to be found.
 */
const replayOptions: readonly string[] = [
	"-O1",
	"-g1", // Lines in AddressSanitizer's reports.
	"-fno-omit-frame-pointer",
	"-fsanitize=address",
	"-DmxASANStackMargin=131072",
	"-DmxStress=1",
	"-DmxNoChunks=1",
	"-DmxPoisonSlots=1",
	"-DmxPlanted=1",
	...commonOptions,
];

/** Whether the compiler is there, and what it makes runs here, watched by AddressSanitizer. */
export function canCompile(): boolean {
	mkdirSync(replayFolder, { recursive: true });
	const path = join(replayFolder, "probe");
	const source = "int main(void) { return 0; }\n";
	const parameters = ["-fsanitize=address", "-x", "c", "-o", path, "-"];
	const { status } = spawnSync(compiler, parameters, { input: source });
	return status === 0 && spawnSync(path).status === 0;
}

/** Compiles the replay unless it is there already; returns its path. */
export async function buildReplay(): Promise<string> {
	const sources = readSources();
	const headers = readHeaders();
	const stamp = createHash("sha256")
		.update(JSON.stringify([replayOptions, sources, headers]))
		.digest("hex");
	const stampPath = replayPath + ".stamp";
	if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return replayPath;
	rmSync(stampPath, { force: true });
	for (const [folder, files] of Object.entries(headers)) {
		mkdirSync(join(replayFolder, folder), { recursive: true });
		for (const [name, text] of Object.entries(files)) {
			writeFileSync(join(replayFolder, folder, name), text);
		}
	}
	const queue = sources.map((source) => {
		const path = join(replayFolder, source.folder, source.name);
		writeFileSync(path, source.text);
		const options = [...replayOptions, ...warningOptions(source)];
		return [...options, "-c", path, "-o", path + ".o"];
	});
	const objects = queue.map((parameters) => parameters.at(-1) ?? "");
	const work = async (): Promise<void> => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) await compile(next);
	};
	await Promise.all(Array.from({ length: availableParallelism() }, work));
	await compile([...replayOptions, ...objects, "-o", replayPath, "-lm", "-lpthread"]);
	writeFileSync(stampPath, stamp);
	return replayPath;
}

/** Compiles the program that gives the board's UART a pseudo-terminal; whether it could. */
export function buildPty(): boolean {
	mkdirSync(outputFolder, { recursive: true });
	const source = join(root, "hosts", "board", "pty", "pty.c");
	return spawnSync(compiler, ["-O2", "-Wall", "-Wextra", source, "-o", ptyPath]).status === 0;
}

function compile(parameters: readonly string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(compiler, parameters, {
			cwd: replayFolder,
			stdio: ["ignore", "ignore", "pipe"],
		});
		let said = "";
		child.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()));
		child.on("error", reject);
		child.on("close", (status) => {
			if (status === 0) resolve();
			else reject(new Error(compiler + " " + parameters.join(" ") + " failed:\n" + said));
		});
	});
}
