/**
 * The declarations of `opendms/service` as others have them, in `build/types`: those that it leads
 * to, and no more. Of the libraries inside, whose declarations aren't in the package, nothing can be
 * seen through it; what they are named for stands here, so that a program is checked as a whole.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const from = join(root, "build");
const to = join(from, "types");
const entry = join("hosts", "dms", "library.d.ts");

/** @type {Readonly<Record<string, string>>} */
const libraries = Object.freeze({
	kysely: `/** What is inside a service's database is its own affair. */
export interface Kysely<Schema> {
	readonly schema: Schema;
}
export interface Dialect {
	readonly name: string;
}
export type Generated<T> = T;
export type Updateable<T> = Partial<T>;
`,
	"@peculiar/asn1-x509": `export interface Extension {
	readonly extnID: string;
}
export interface Name {
	readonly rdn: readonly object[];
}
export type KeyUsageFlags = number;
export declare enum CRLReasons {
	unspecified = 0,
	keyCompromise = 1,
	superseded = 4,
	cessationOfOperation = 5,
}
`,
});

/** @param {string} name of a library, as it is imported */
function fileOf(name) {
	return join("libraries", name.replace(/\W+/g, "-").replace(/^-/, "") + ".d.ts");
}

/** @param {string} path below the output */
function write(path, /** @type {string} */ text) {
	mkdirSync(dirname(join(to, path)), { recursive: true });
	writeFileSync(join(to, path), text);
}

/** @type {Set<string>} */
const done = new Set();

/** @param {string} path below the output */
function copy(path) {
	if (done.has(path)) return;
	done.add(path);
	const text = readFileSync(join(from, path), "utf8").replace(/^\/\/# sourceMapping.*\n?/m, "");
	const next = text.replace(/((?:from|import)\s*\(?)"([^"]+)"/g, (all, before, name) => {
		if (name.startsWith("node:")) return all;
		if (name.startsWith(".")) {
			copy(join(dirname(path), name.replace(/\.js$/, ".d.ts")));
			return all;
		}
		const library = libraries[name];
		if (library === undefined) throw new Error(`${path} shows ${name}: others don't have it.`);
		write(fileOf(name), library);
		const way = relative(dirname(path), fileOf(name)).split(sep).join("/");
		return `${before}"${way.replace(/\.d\.ts$/, ".js")}"`;
	});
	write(path, next);
}

rmSync(to, { recursive: true, force: true });
if (!existsSync(join(from, entry)))
	throw new Error("There are no declarations: tsc --build first.");
copy(entry);
