/** An ESP32's firmware as far as the SDK makes it: all but what ESP-IDF's compiler does. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, buildFolder, runMcconfig } from "./mcconfig.js";
import type { Sdk } from "./sdk.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Of a slot on a machine of 32 bits. */
const slotLength = 16;

export interface Link {
	/** What the SDK's tools printed. */
	readonly output: string;
	/** Where the parts are: `mc.xs.c`, `mc.resources.c`, and ESP-IDF's project below. */
	readonly folder: string;
	/** What the linker has put into flash: `mc.xs.c`. */
	readonly program: string;
	/** Byte code in flash: of functions, and of modules that are not preloaded. */
	readonly bytecodeBytes: number;
	/** All that the linker puts into flash: byte code, frozen slots of 16 bytes, names and texts. */
	readonly flashBytes: number;
	/** Of it, the slots: what preloading a module has made. */
	readonly slotBytes: number;
}

/**
 * Generates, compiles, links and preloads, all anew: the tools warn of a module only when they
 * compile it. Throws with their output when they fail.
 */
export function linkEsp32(sdk: Sdk, build: Build): Link {
	const folder = buildFolder(build, "tmp");
	rmSync(folder, { recursive: true, force: true });
	// Any git repository passes for ESP-IDF so far: the makefile asks for its version only.
	const environment = { ...sdk.environment, IDF_PATH: root };
	const generated = runMcconfig({ ...sdk, environment }, build, "none", "kept");
	if (!generated.isDone) throw new Error(generated.output);
	const makefile = join(folder, "makefile");
	const make = (...parameters: string[]): string => {
		const { status, stdout, stderr } = spawnSync("make", ["-f", makefile, ...parameters], {
			cwd: folder,
			env: environment,
			encoding: "utf8",
			maxBuffer: Infinity,
		});
		if (status !== 0) throw new Error(stdout + stderr);
		return stdout + stderr;
	};
	// ESP-IDF would make this header of the sdkconfig; C wants it, byte code doesn't.
	const header = make("--eval=header: ; @echo $(SDKCONFIG_H)", "header").trim();
	mkdirSync(dirname(header), { recursive: true });
	writeFileSync(header, "");
	const programPath = join(folder, "mc.xs.c");
	const output = make("-o", header, programPath, join(folder, "mc.resources.c"));
	const program = readFileSync(programPath, "utf8");
	return {
		...{ output: generated.output + output, folder, program },
		bytecodeBytes: countBytecode(program),
		flashBytes: sizeOf(sdk, folder),
		slotBytes: countSlots(program) * slotLength,
	};
}

/** Of the linker's C, compiled for 32 bits as a chip has: what is constant or has a value. */
function sizeOf(sdk: Sdk, folder: string): number {
	const xs = join(sdk.folder, "xs");
	const includes = ["includes", "sources", "platforms"].map((name) => "-I" + join(xs, name));
	const object = join(folder, "mc.xs.size.o");
	const options = ["-m32", "-Os", "-w", "-c", "-DmxLinux=1", "-DINCLUDE_XSPLATFORM", "-I."];
	const parameters = [...options, ...includes, "mc.xs.c", "-o", object];
	const compiled = spawnSync("gcc", parameters, { cwd: folder, encoding: "utf8" });
	if (compiled.status !== 0) throw new Error("gcc -m32 fails: " + compiled.stderr);
	const { stdout } = spawnSync("size", [object], { encoding: "utf8" });
	const [text = NaN, data = NaN] = (stdout.split("\n")[1] ?? "").trim().split(/\s+/).map(Number);
	return text + data;
}

/** The linker's frozen heap is an array of slots. */
function countSlots(source: string): number {
	const [, count = "0"] = /^#define mxHeapCount (\d+)$/m.exec(source) ?? [];
	return Number(count);
}

/** In the linker's C, the code of a function is a text, that of a module an array. */
function countBytecode(source: string): number {
	let bytes = 0;
	for (const [, text = ""] of source.matchAll(/\.code = \{ \(txByte\*\)"((?:\\x..|[^"])*)"/g)) {
		bytes += text.replaceAll(/\\x../g, ".").length;
	}
	for (const [, length] of source.matchAll(/^static const txU1 gxCode\d+\[(\d+)\];$/gm)) {
		bytes += Number(length);
	}
	return bytes;
}
