/**
 * Compiles the board's processor: XS from the C sources in the npm package, and the program in this
 * folder.
 */

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** 32: slots of 16 bytes and 4-byte pointers, as on the chip. 64: for compilers that can't. */
export type Bits = 32 | 64;

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const sourceFolder = join(root, "hosts/board/xs");
const xsFolder = join(root, "node_modules/@agoric/xsnap/moddable/xs");

/** Parts of XS that the chip doesn't have either. */
const omitted = ["xsSnapshot.c", "xsLockdown.c"];

/**
 * What a processor is compiled for. `plain` runs boards. `stress` looks for pointers that a
 * collection has made stale: it collects at every allocation, with each chunk in memory of its own
 * and free slots poisoned, under AddressSanitizer. Faults are planted in it, to be found.
 */
export type Purpose = "plain" | "stress";

const purposeFlags: Readonly<Record<Purpose, readonly string[]>> = {
	plain: ["-O2"],
	stress: [
		"-O1",
		"-g1", // Lines in AddressSanitizer's reports.
		"-fno-omit-frame-pointer",
		"-fsanitize=address",
		"-DmxASANStackMargin=131072",
		"-DmxStress=1",
		"-DmxNoChunks=1",
		"-DmxPoisonSlots=1",
		"-DmxPlanted=1",
	],
};

const flags = [
	"-fno-common",
	"-w", // XS compiles with warnings that are not ours to settle.
	"-DINCLUDE_XSPLATFORM",
	'-DXSPLATFORM="platform.h"',
	"-DmxBoundsCheck=1", // A stack that overflows ends the machine, not its neighbours.
	"-DmxParse=1",
	"-DmxRun=1",
	"-DmxSloppy=1",
	"-DmxRegExpUnicodePropertyEscapes=1",
	"-DmxMinusZero=1",
	"-DmxInstrument=1",
	...["includes", "platforms", "sources"].map((name) => "-I" + join(xsFolder, name)),
	"-I" + sourceFolder,
];

export const ptyPath = join(root, "build/xs/pty");

export function processorPath(bits: Bits, purpose: Purpose = "plain"): string {
	return join(folderOf(bits, purpose), "xs-board");
}

function folderOf(bits: Bits, purpose: Purpose): string {
	return join(root, "build/xs", purpose === "plain" ? String(bits) : bits + "-" + purpose);
}

/**
 * Whether the compiler makes programs of that size here; it may be there and lack their library.
 */
export async function canCompile(bits: Bits): Promise<boolean> {
	const source = '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n';
	const status = await run(["-m" + bits, "-x", "c", "-o", "/dev/null", "-"], source).catch(() => 1);
	return status === 0;
}

/**
 * Compiles what has changed since the last time. `onProgress` hears how many files of it are done.
 */
export async function buildProcessor(
	bits: Bits,
	onProgress: (done: number, total: number) => void = () => undefined,
	purpose: Purpose = "plain",
): Promise<string> {
	const folder = folderOf(bits, purpose);
	const path = processorPath(bits, purpose);
	const options = ["-m" + bits, ...purposeFlags[purpose], ...flags];
	await mkdir(folder, { recursive: true });
	const files = await sources();
	const changed: Compilation[] = [];
	for (const file of files) {
		const compilation = await compilationOf(file, folder, options);
		if (!(await isDone(compilation))) changed.push(compilation);
	}
	if (changed.length === 0 && existsSync(path)) return path;
	const queue = [...changed];
	let done = 0;
	const work = async (): Promise<void> => {
		for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
			await compileOrThrow([...next.options, "-c", next.file, "-o", next.object]);
			await writeFile(next.object + ".stamp", next.stamp);
			onProgress(++done, changed.length);
		}
	};
	await Promise.all(Array.from({ length: availableParallelism() }, work));
	const objects = files.map((file) => objectPath(file, folder));
	await compileOrThrow([...options, ...objects, "-o", path, "-lm", "-lpthread"]);
	return path;
}

/** Compiles the program that gives the board's UART a pseudo-terminal. */
export async function buildPty(): Promise<string> {
	await compileOrThrow(["-O2", "-Wall", join(root, "hosts/board/pty/pty.c"), "-o", ptyPath]);
	return ptyPath;
}

async function sources(): Promise<string[]> {
	const folders = [join(xsFolder, "sources"), sourceFolder];
	const files: string[] = [];
	for (const folder of folders) {
		for (const name of (await readdir(folder)).sort()) {
			if (name.endsWith(".c") && !omitted.includes(name)) files.push(join(folder, name));
		}
	}
	return files;
}

interface Compilation {
	readonly file: string;
	readonly object: string;
	readonly options: readonly string[];
	/**
	 * Changes when the file, our headers or the options do; XS's own headers come with its package.
	 */
	readonly stamp: string;
}

async function compilationOf(
	file: string,
	folder: string,
	options: readonly string[],
): Promise<Compilation> {
	const hash = createHash("sha256").update(options.join(" "));
	for (const path of [file, join(sourceFolder, "board.h"), join(sourceFolder, "platform.h")]) {
		hash.update(await readFile(path));
	}
	return { file, object: objectPath(file, folder), options, stamp: hash.digest("hex") };
}

async function isDone({ object, stamp }: Compilation): Promise<boolean> {
	const stampPath = object + ".stamp";
	if (!existsSync(object) || !existsSync(stampPath)) return false;
	return (await readFile(stampPath, "utf8")) === stamp;
}

function objectPath(file: string, folder: string): string {
	return join(folder, basename(file) + ".o");
}

async function compileOrThrow(parameters: readonly string[]): Promise<void> {
	const status = await run(parameters, "", "inherit");
	if (status !== 0) throw new Error("gcc " + parameters.join(" ") + " failed");
}

function run(
	parameters: readonly string[],
	input: string,
	output: "ignore" | "inherit" = "ignore",
): Promise<number> {
	return new Promise((resolve, reject) => {
		const child = spawn("gcc", parameters, { stdio: ["pipe", output, output] });
		child.on("error", reject);
		child.on("close", (status) => resolve(status ?? 1));
		child.stdin?.end(input);
	});
}
