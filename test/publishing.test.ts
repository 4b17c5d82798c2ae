/** README's way of a publisher, command by command, on the folder that `npm start` leaves. */

import assert from "node:assert/strict";
import { execFileSync, execSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { toolScript } from "../example/tool-script.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const tool = process.execPath + " " + toolScript("opendms");
const board = process.execPath + " " + toolScript("opendms-board");

/** Commands of the block, each with the lines that it prints. */
function session(): { readonly command: string; readonly printed: string }[] {
	const start = readme.indexOf("$ npx opendms key product");
	const block = readme.slice(start, readme.indexOf("\n```", start));
	return block.split(/^\$ /m).flatMap((part) => {
		const [command = "", ...lines] = part.trimEnd().split("\n");
		return command === "" ? [] : [{ command, printed: lines.join("\n") }];
	});
}

/** The command on this checkout, in whatever folder it is run. */
function runnable(command: string): string {
	return command
		.replaceAll("npx opendms", tool)
		.replace("npm run -s board --", board)
		.replace("example/lamp", join(root, "example/lamp"));
}

test("the publisher's commands in README print what it says", (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const [node = "", main = ""] = tool.split(" ");
	const opendms = (...words: string[]) => execFileSync(node, [main, ...words], { cwd: folder });
	opendms("init", "--address", "localhost:8443");
	opendms("user", "add", "demo");
	const lamp = ["--title", "Lamp", "--platform", "board", "--owner", "demo"];
	opendms("product", "add", "ACME-LAMP", ...lamp);
	opendms("key", "platform", "board");
	const steps = session();
	assert.ok(steps.length > 4 && steps.length < 10, steps.length + " commands");
	for (const { command, printed } of steps) {
		const env = { ...process.env, npm_command: "exec" }; // As npx sets it.
		const output = execSync(runnable(command), { cwd: folder, encoding: "utf8", env });
		assert.equal(output.trimEnd(), printed, command);
	}
});
