/**
 * The ESP32's slots keep the slot contract: its C file as it is, over a stand-in for ESP-IDF's OTA
 * calls. That the calls of the chip are like the stand-in's is not tested here: it takes a board.
 */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { slotContract } from "../board/slot-contract.js";
import { without } from "../program.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "test/esp32");
const host = join(root, "hosts/esp32");
const folder = mkdtempSync(join(tmpdir(), "opendms-"));
after(() => rmSync(folder, { recursive: true }));

const machine = join(folder, "slot-machine");
const strict = ["-std=gnu17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const sources = [join(host, "slots.c"), join(here, "slot-machine.c")];
const headers = ["-I" + host, "-I" + join(here, "esp-idf")];
const options = [...strict, "-fsanitize=undefined", ...headers, ...sources, "-o", machine];
const skip = without("gcc");
if (skip === false) execFileSync("gcc", options);

for (const [promise, steps] of Object.entries(slotContract)) {
	test("the ESP32's slots: " + promise, { skip }, () => {
		const input = steps.map(([command]) => command + "\n").join("");
		const { stdout, status } = spawnSync(machine, { input, encoding: "utf8" });
		assert.equal(status, 0);
		const answers = stdout.trimEnd().split("\n");
		const played = steps.map(([command], index) => [command, answers[index]]);
		assert.deepEqual(played, steps);
	});
}
