/** Moddable's simulator without a screen: the program that mcconfig builds, and our own loader. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, buildFolder, outputFolder, runMcconfig } from "./mcconfig.js";
import { Missing, type Sdk } from "./sdk.js";

const loaderSource = fileURLToPath(new URL("../../../../hosts/lin/loader.c", import.meta.url));

export interface Simulator {
	/** The loader, and what it takes before the folder for the state. */
	readonly program: string;
	readonly parameters: readonly string[];
}

/** Builds the program of a manifest, and what runs it. Throws `Missing`, or when a build fails. */
export function buildSimulator(
	sdk: Sdk,
	build: Omit<Build, "platform">,
	output: "shown" | "kept" = "shown",
): Simulator {
	const simulation: Build = { ...build, platform: "lin" };
	const glib = pkgConfig();
	const outcome = runMcconfig(sdk, simulation, "build", output);
	if (!outcome.isDone) throw new Error(outcome.output + "the simulator could not be built");
	const loader = join(outputFolder(simulation), "loader");
	compileLoader(sdk, loader, glib);
	return { program: loader, parameters: [join(buildFolder(simulation, "bin"), "mc.so")] };
}

/** The compiler's flags for GLib, which the SDK's simulators are made with. */
function pkgConfig(): string[] {
	const { status, stdout } = spawnSync("pkg-config", ["--cflags", "--libs", "gio-2.0"], {
		encoding: "utf8",
	});
	if (status !== 0) {
		throw new Missing("GLib is missing. On Debian and Ubuntu: apt-get install libglib2.0-dev");
	}
	return stdout.trim().split(/\s+/);
}

function compileLoader(sdk: Sdk, path: string, glib: readonly string[]): void {
	mkdirSync(join(path, ".."), { recursive: true });
	const include = "-I" + join(sdk.folder, "build/simulators/modules");
	const parameters = ["-O2", "-Wall", "-DmxLinux=1", include, loaderSource, "-o", path, ...glib];
	const { status } = spawnSync("gcc", parameters, { stdio: "inherit" });
	if (status !== 0 || !existsSync(path)) throw new Error("the loader could not be compiled");
}
