/** `opendms/service`: the service within a program of one's own, as example/service.ts has it. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../example/local-service.js";
import { DeviceConsole } from "../hosts/dms/console/device-console.js";
import { lineOf, openPort } from "../hosts/dms/console/port.js";
import { Spawned } from "./process/spawned.js";
import { openLineBoard, setup } from "./station/factory.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

test("the example makes a device of a board, and ends when it is asked", async (context) => {
	execFileSync(process.execPath, [join(root, "setup/bundle.mjs")]);
	const folder = mkdtempSync(join(tmpdir(), "opendms-library-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const address = "localhost:" + (await freePort());
	const example = join(root, "build/example/service.js");
	const program = new Spawned({ command: [process.execPath, example, "data", address], folder });
	context.after(() => program.child.kill("SIGKILL"));
	const commands = (await program.until(/^dms_claim \S+\n/m)).trim().split("\n");
	const { port } = await openLineBoard(context);
	const console = await DeviceConsole.open(lineOf(await openPort(port)));
	let said = "";
	for (const command of [...setup, ...commands]) {
		const { code, text } = await console.run(command);
		assert.equal(code, 0, text);
		said = text;
	}
	await console.close();
	assert.match(said, /^Claimed by maker, activated to ACME-HUB$/);
	program.child.kill("SIGTERM");
	assert.equal((await program.ended).code, 0);
});

test("the example has at most 25 lines", () => {
	const lines = readFileSync(join(root, "example/service.ts"), "utf8").trimEnd().split("\n");
	assert.ok(lines.length <= 25, lines.length + " lines");
});
