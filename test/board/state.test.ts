/** The state in a folder: what is written is there whole, or its writer hears of it. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FolderState } from "../../hosts/board/state.js";

const module = fileURLToPath(new URL("../../hosts/board/state.js", import.meta.url));
/** No file can have more bytes: what is beyond it is cut off, as on a disk that is getting full. */
const limited = `trap '' XFSZ; ulimit -f 1; exec "$@"`;

const writer = `
const [module, folder] = process.argv.slice(1);
const { FolderState } = await import(module);
const state = new FolderState(folder);
const refused = [];
for (const act of [
	() => state.write("whole", new Uint8Array(3000).fill(2)),
	() => state.writeAt("part", 0, new Uint8Array(3000).fill(2)),
]) {
	try {
		act();
	} catch (error) {
		refused.push(error.message.replace(/:.*/s, ""));
	}
}
console.log(refused.join("\\n"));
`;

test("what has room for a part only is refused, and the old stays", (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-state-"));
	context.after(() => rmSync(folder, { recursive: true }));
	new FolderState(folder).write("whole", new Uint8Array(300).fill(1));
	const command = [process.execPath, "--input-type=module", "-e", writer, module, folder];
	const { stdout } = spawnSync("/bin/sh", ["-c", limited, "sh", ...command], { encoding: "utf8" });
	const sentence = (name: string): string => "The board's flash can't be written to " + name + "\n";
	assert.equal(stdout, sentence(join(folder, "whole.new")) + sentence(join(folder, "part")));
	assert.deepEqual(readFileSync(join(folder, "whole")), Buffer.alloc(300, 1));
	assert.deepEqual(readdirSync(folder).sort(), ["part", "whole"]);
});
