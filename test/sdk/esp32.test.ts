/** With the Moddable SDK: the firmware compiles, links and preloads for the ESP32 targets. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { linkEsp32 } from "../../hosts/moddable/tools/esp32-link.js";
import {
	buildFolder,
	machineManifest,
	noUpdatesManifest,
	ownManifest,
	runMcconfig,
} from "../../hosts/moddable/tools/mcconfig.js";
import { sdkOrReason } from "./simulation.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const sdk = sdkOrReason();
const skip = typeof sdk === "string" && sdk;
if (skip !== false) console.log("All checks with the Moddable SDK are skipped. " + skip);

/** Warnings about what is ours, with the library in it: not the SDK's. */
function warningsIn(output: string): string[] {
	const isOurs = (line: string): boolean => /opendms|hosts\/|src\//.test(line);
	return output.split("\n").filter((line) => line.includes("warning") && isOurs(line));
}

for (const [what, manifest, platform, chip, pins] of [
	["all", ownManifest, "esp32", "esp32", [1, 3]],
	["the machine format alone", machineManifest, "esp32", "esp32", [1, 3]],
	["no updates", noUpdatesManifest, "esp32", "esp32", [1, 3]],
	["all", ownManifest, "esp32/esp32c3", "esp32c3", [21, 20]],
] as const) {
	test(`${what} links for ${platform} with preload, without a warning of ours`, { skip }, () => {
		if (typeof sdk === "string") return;
		const { output, folder, bytecodeBytes } = linkEsp32(sdk, { manifest, platform });
		assert.match(output, /### \d+ instances/, "the linker has preloaded");
		assert.deepEqual(warningsIn(output), []);
		assert.ok(bytecodeBytes > 0);
		assert.match(readFileSync(join(folder, "mc.resources.c"), "utf8"), /resource/i);
		const config = readFileSync(join(folder, "mc.config.js"), "utf8");
		const [, transmit, receive] =
			/"console": \{\s*"port": 0,\s*"transmit": (\d+),\s*"receive": (\d+)/.exec(config) ?? [];
		assert.deepEqual([transmit, receive].map(Number), pins, "UART 0 is where the chip has it");
		const project = join(folder, "xsProj-" + chip);
		const partitions = readFileSync(join(project, "partitions.csv"), "utf8");
		assert.equal(partitions, readFileSync(join(root, "hosts/esp32/partitions.csv"), "utf8"));
		const sdkconfig = readFileSync(join(project, "sdkconfig.mc"), "utf8");
		assert.match(sdkconfig, /^CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y$/m);
		assert.doesNotMatch(sdkconfig, /^CONFIG_BOOTLOADER_SKIP_VALIDATE_\w+=y$/m);
		assert.doesNotMatch(sdkconfig, /^CONFIG_ESP_COREDUMP_ENABLE_TO_UART=y$/m);
	});
}

test("the locked profile, as its page has it, is what is built", { skip }, (context) => {
	if (typeof sdk === "string") return;
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const page = readFileSync(join(root, "hosts/esp32/README.md"), "utf8");
	const profile = page.slice(page.indexOf("### A locked profile"));
	const [, include = "", last = "", options = "", partitions = ""] =
		/```json\n(.*?)\n```\n```json\n(.*?)\n```.*?```\n(.*?)```.*?```\n(.*?)```/s.exec(profile) ?? [];
	const own = include.replace("./node_modules/opendms/manifest.json", ownManifest);
	mkdirSync(join(folder, "locked"));
	writeFileSync(join(folder, "manifest.json"), `{ ${own} }`);
	writeFileSync(join(folder, "locked/manifest.json"), last);
	writeFileSync(join(folder, "locked/sdkconfig.defaults"), options);
	writeFileSync(join(folder, "locked/partitions.csv"), partitions);
	const build = { manifest: join(folder, "manifest.json"), platform: "esp32/esp32c3" };
	const environment = { ...sdk.environment, IDF_PATH: root };
	const { isDone, output } = runMcconfig({ ...sdk, environment }, build, "none", "kept");
	assert.equal(isDone, true, output);
	const project = join(buildFolder(build, "tmp"), "xsProj-esp32c3");
	const sdkconfig = readFileSync(join(project, "sdkconfig.mc"), "utf8");
	assert.match(sdkconfig, /^CONFIG_SECURE_BOOT_V2_ENABLED=y$/m);
	assert.match(sdkconfig, /^CONFIG_PARTITION_TABLE_OFFSET=0x10000$/m);
	assert.equal(readFileSync(join(project, "partitions.csv"), "utf8"), partitions);
});
