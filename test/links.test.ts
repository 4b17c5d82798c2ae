/** Links between our pages, and to their headings: none leads nowhere. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" })
	.split("\n")
	.filter((path) => path !== "" && existsSync(join(root, path)));

/** A page without its blocks of code, in which nothing is a link. */
function textOf(path: string): string {
	return readFileSync(join(root, path), "utf8").replace(/^```[^]*?^```$/gm, "");
}

/** What a heading is called in an address, as GitHub and GitLab make it. */
function anchorsOf(path: string): ReadonlySet<string> {
	const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)];
	const names = headings.map(([, heading = ""]) =>
		heading
			.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
			.toLowerCase()
			.replace(/[^\p{Letter}\p{Number}\p{Mark}_ -]/gu, "")
			.replaceAll(" ", "-"),
	);
	return new Set(names);
}

test("no link of a page leads nowhere", () => {
	assert.ok(pages.length > 5);
	const broken: string[] = [];
	for (const page of pages) {
		for (const [, target = ""] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
			if (/^[a-z]+:/.test(target)) continue;
			const [path = "", anchor] = target.split("#");
			const other = path === "" ? page : normalize(join(dirname(page), path));
			const isThere = existsSync(join(root, other));
			const isNamed = anchor === undefined || (isThere && anchorsOf(other).has(anchor));
			if (!isThere || !isNamed) broken.push(page + " links to " + target);
		}
	}
	assert.deepEqual(broken, []);
});
