import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { toolScript } from "../../example/tool-script.js";

const main = toolScript("opendms-board");
const lamp = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));

interface Row {
	readonly name: string;
	readonly [property: string]: unknown;
}

test("a fresh board prints what its console can do, an app's rows too, and ends", () => {
	const text = execFileSync(process.execPath, [main, "--describe", "--app", lamp], {
		encoding: "utf8",
	});
	const described: { commands: Row[]; variables: Row[] } = JSON.parse(text);
	const names = [...described.commands, ...described.variables].map(({ name }) => name);
	for (const name of ["dms_provision", "dms_activate", "dfu_update", "dms.provision.status"]) {
		assert.ok(names.includes(name), name);
	}
	assert.ok(
		names.some((name) => name.startsWith("lamp")),
		"the app's own",
	);
	assert.equal(new Set(names).size, names.length);
	for (const { name, help } of [...described.commands, ...described.variables]) {
		assert.match(String(help), /^[\w\d][^\n]{5,}[^.]$/, name + " says what it is");
	}
});
