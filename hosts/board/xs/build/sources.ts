/** What the engine and its program are compiled from, and with which options everywhere. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../root.js";
import { changed } from "./change.js";

/** XS, as the npm package carries it; its three folders are named as the package names them. */
const xsFolder = join(root, "node_modules", "@agoric", "xsnap", "moddable", "xs");
const xsFolders = ["includes", "platforms", "sources"] as const;
/** Ours. */
const ownFolder = join(root, "hosts", "board", "xs");
const ownFolders = ["engine", "program"] as const;
/** Where the compiled processors and what belongs to them lie. */
export const outputFolder = join(root, "build", "xs");

/** Parts of XS that the chip doesn't have either. */
const omitted = ["xsSnapshot.c", "xsLockdown.c"];

export interface Source {
	readonly name: string;
	/** Name of its folder, relative to where the compiler is started. */
	readonly folder: string;
	readonly text: string;
	/** Of ours no warning is accepted; XS's are not ours to settle. */
	readonly isOwn: boolean;
}

/** Headers by folder and name. */
export type Headers = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function readSources(): Source[] {
	const xs = readdirSync(join(xsFolder, "sources"))
		.filter((name) => name.endsWith(".c") && !omitted.includes(name))
		.map((name) => {
			const text = changed(name, readFileSync(join(xsFolder, "sources", name), "utf8"));
			return { name, folder: "sources", text, isOwn: false };
		});
	const own = ownFolders.flatMap((folder) =>
		readdirSync(join(ownFolder, folder))
			.filter((name) => name.endsWith(".c"))
			.map((name) => {
				const text = readFileSync(join(ownFolder, folder, name), "utf8");
				return { name, folder, text, isOwn: true };
			}),
	);
	return [...xs, ...own].sort((first, second) => (first.name < second.name ? -1 : 1));
}

export function readHeaders(): Headers {
	const headersIn = (folder: string): Record<string, string> =>
		Object.fromEntries(
			readdirSync(folder)
				.filter((name) => name.endsWith(".h"))
				.map((name) => [name, readFileSync(join(folder, name), "utf8")]),
		);
	return Object.fromEntries([
		...xsFolders.map((name) => [name, headersIn(join(xsFolder, name))] as const),
		...ownFolders.map((name) => [name, headersIn(join(ownFolder, name))] as const),
	]);
}

/**
 * For every compiler. A cast of a double beyond an int's range is undefined in C; XS relies on what
 * most compilers make of it, and the last option has them do so.
 */
export const commonOptions: readonly string[] = [
	"-fno-common",
	"-DINCLUDE_XSPLATFORM",
	'-DXSPLATFORM="platform.h"',
	"-DmxBoundsCheck=1", // A stack that overflows ends the machine, not its neighbours.
	"-DmxParse=1",
	"-DmxRun=1",
	"-DmxSloppy=1",
	"-DmxRegExpUnicodePropertyEscapes=1",
	"-DmxMinusZero=1",
	"-DmxInstrument=1",
	...ownFolders.map((name) => "-I" + name),
	...xsFolders.flatMap((name) => ["-isystem", name]),
];

export function warningOptions({ isOwn }: Source): readonly string[] {
	return isOwn ? ["-Wall", "-Wextra", "-Werror"] : ["-w"];
}
