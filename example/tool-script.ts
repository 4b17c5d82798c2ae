/** The tools as they are published: each is one file, which starts in a third of the time. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export type ToolName = keyof typeof modules;

const build = fileURLToPath(new URL("../", import.meta.url));

const modules = {
	opendms: "hosts/dms/main.js",
	"opendms-board": "hosts/board/main.js",
	"opendms-moddable": "hosts/moddable/tools/main.js",
} as const;

/** Written when the files are, or found to be of what is compiled. */
const stamp = join(build, "bin/stamp.txt");

/** Whether something has been compiled since: by `setup/compile.mjs` alone, or as a mutant. */
function isStale(): boolean {
	if (!existsSync(stamp)) return true;
	const made = statSync(stamp).mtimeMs;
	return ["src", "hosts"].some((folder) =>
		readdirSync(join(build, folder), { recursive: true, encoding: "utf8" }).some(
			(name) => name.endsWith(".js") && statSync(join(build, folder, name)).mtimeMs > made,
		),
	);
}

let isModule: boolean | undefined;

export function isPublished(tool: string): tool is ToolName {
	return tool in modules;
}

/** The script of a tool; what it is made of, where that has been compiled since. */
export function toolScript(tool: ToolName): string {
	isModule ??= isStale();
	return join(build, isModule ? modules[tool] : `bin/${tool}.js`);
}
