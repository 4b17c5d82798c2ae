/** Runs the SDK's `mcconfig` on a manifest. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDeviceModules } from "../../board/compact/firmware.js";
import type { Sdk } from "./sdk.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

export interface Build {
	/** Path of the manifest. */
	readonly manifest: string;
	/** `lin`, `esp32`, `esp32/esp32c3`, ... */
	readonly platform: string;
	/** Whether for the debugger; otherwise for release. */
	readonly isDebug?: boolean;
	/** Whether to print meters once a second. */
	readonly isInstrumented?: boolean;
	/** Folder for what is built (default: `build/moddable` beside the manifest). */
	readonly output?: string;
}

/** Our own manifest: a device without an app. */
export const ownManifest = join(root, "manifest.json");

/** The same for a device that only another processor talks to: no terminal, help, Improv. */
export const machineManifest = join(root, "manifest-machine.json");

/** The same without updates. */
export const noUpdatesManifest = join(root, "manifest-no-updates.json");

export function outputFolder(build: Build): string {
	return resolve(build.output ?? join(dirname(build.manifest), "build/moddable"));
}

/** Where the SDK puts what a build makes: `kind` is `bin` or `tmp`. */
export function buildFolder(build: Build, kind: "bin" | "tmp"): string {
	const application = basename(dirname(resolve(build.manifest)));
	const variant =
		build.isDebug === true ? "debug" : build.isInstrumented ? "instrument" : "release";
	const platform = build.platform === "lin" ? "lin/mc" : build.platform;
	return join(outputFolder(build), kind, platform, variant, application);
}

/** What a run of the SDK's tools came to. */
export interface Outcome {
	readonly isDone: boolean;
	/** What they printed, where it was kept. */
	readonly output: string;
}

/**
 * Generates a makefile and, when there is a goal for it, runs it: `build`, or `all` to also put the
 * program onto the device. What the SDK prints is shown or kept.
 */
export function runMcconfig(
	sdk: Sdk,
	build: Build,
	goal: "all" | "build" | "none",
	output: "shown" | "kept" = "shown",
): Outcome {
	makeDeviceModules();
	const folder = outputFolder(build);
	mkdirSync(folder, { recursive: true });
	forgetOthers(build);
	const parameters = ["-p", build.platform, "-o", folder];
	if (build.isDebug === true) parameters.push("-d");
	if (build.isInstrumented === true) parameters.push("-i");
	if (goal !== "none") parameters.push("-m", "-t", goal);
	parameters.push(resolve(build.manifest), "built=" + builtNow());
	const { status, stdout, stderr } = spawnSync("mcconfig", parameters, {
		cwd: dirname(resolve(build.manifest)),
		env: sdk.environment,
		stdio: output === "shown" ? "inherit" : "pipe",
		encoding: "utf8",
		maxBuffer: Infinity, // Who has printed more than the usual megabyte would be ended.
	});
	return { isDone: status === 0, output: output === "shown" ? "" : stdout + stderr };
}

/**
 * Another manifest may have another file by the same module's name, which can be older than what
 * was made of the first: by their times the SDK would take that for the module.
 */
function forgetOthers(build: Build): void {
	const folder = buildFolder(build, "tmp");
	const keptPath = join(folder, "manifest-of-last-build.json");
	const manifest = readFileSync(build.manifest, "utf8");
	if (existsSync(keptPath) && readFileSync(keptPath, "utf8") === manifest) return;
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	writeFileSync(keptPath, manifest);
}

/** ISO 8601, UTC, to the second. */
function builtNow(): string {
	return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
