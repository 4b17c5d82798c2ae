/** An ESP32's firmware as far as the SDK makes it: all but what ESP-IDF's compiler does. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, buildFolder, runMcconfig } from "./mcconfig.js";
import type { Sdk } from "./sdk.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export interface Link {
	/** What the SDK's tools printed. */
	readonly output: string;
	/** Where the parts are: `mc.xs.c`, `mc.resources.c`, and ESP-IDF's project below. */
	readonly folder: string;
	/** Byte code in flash: of functions, and of modules that are not preloaded. */
	readonly bytecodeBytes: number;
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
		});
		if (status !== 0) throw new Error(stdout + stderr);
		return stdout + stderr;
	};
	// ESP-IDF would make this header of the sdkconfig; C wants it, byte code doesn't.
	const header = make("--eval=header: ; @echo $(SDKCONFIG_H)", "header").trim();
	mkdirSync(dirname(header), { recursive: true });
	writeFileSync(header, "");
	const program = join(folder, "mc.xs.c");
	const output = make("-o", header, program, join(folder, "mc.resources.c"));
	const bytecodeBytes = countBytecode(readFileSync(program, "utf8"));
	return { output: generated.output + output, folder, bytecodeBytes };
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
