/**
 * A start without NVS, as the chip's: the C file as it is, over a stand-in for ESP-IDF's calls and
 * the SDK's start. That ESP-IDF's are like the stand-in's is not tested here: it takes a board.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { without } from "../program.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const here = join(root, "test/esp32");
const host = join(root, "hosts/esp32");
const folder = mkdtempSync(join(tmpdir(), "opendms-"));
after(() => rmSync(folder, { recursive: true }));

const machine = join(folder, "nvs-machine");
const strict = ["-std=gnu17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const sources = [join(host, "nvs.c"), join(here, "nvs-machine.c")];
const headers = ["-I" + host, "-I" + join(here, "esp-idf")];
const skip = without("gcc");
if (skip === false) {
	execFileSync("gcc", [...strict, "-fsanitize=undefined", ...headers, ...sources, "-o", machine]);
}

function start(...troubles: string[]): string[] {
	return execFileSync(machine, troubles, { encoding: "utf8" }).trimEnd().split("\n");
}

test("NVS as it should be is used, and nothing is erased unasked", { skip }, () => {
	const [started, erased] = start();
	assert.deepEqual([started, erased], ["runs on nvs, no trouble", "0 erased"]);
});

test("NVS that can't be initialised is a program that runs and knows why", { skip }, () => {
	assert.deepEqual(start("broken"), [
		"runs on nvs_spare, ESP_ERR_NVS_NO_FREE_PAGES",
		"1 erased",
		"erase: done",
		"then: whole",
	]);
});

test(
	"without a spare, or with flash that can't be erased, it is as the SDK has it",
	{ skip },
	() => {
		assert.equal(start("broken", "alone")[0], "panic");
		assert.deepEqual(start("broken", "stuck"), [
			"panic",
			"0 erased",
			"erase: refused",
			"then: broken",
		]);
	},
);
