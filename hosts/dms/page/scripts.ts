/** The page's scripts, as set-up has bundled them: files of `build/browser` with a hash each. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where they are, below the page's address; they find each other by name. */
export const scriptsPath = "/assets/scripts/";

const folder = fileURLToPath(new URL("../../../browser/", import.meta.url));

/** The address of the script whose source, in `page/browser`, has this name. */
export function scriptPath(name: string): string {
	const file = readdirSync(folder).find((one) => one.slice(0, one.lastIndexOf("-")) === name);
	if (file === undefined) throw new Error(`There is no script ${name} in ${folder}.`);
	return scriptsPath + file;
}

/** The text of a script; `undefined` when there is no such file. */
export function readScript(file: string): string | undefined {
	const isThere = /^[\w-]+\.js$/.test(file) && existsSync(folder + file);
	return isThere ? readFileSync(folder + file, "utf8") : undefined;
}
