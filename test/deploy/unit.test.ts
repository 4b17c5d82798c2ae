/** What the service is run by on a machine of its own. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const unit = fileURLToPath(new URL("../../../hosts/dms/deploy/opendms.service", import.meta.url));
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;
const skip = !hasSystemd && "systemd-analyze is missing";

test("the unit is one, and shuts in what it runs", { skip }, () => {
	for (const words of [["verify"], ["security", "--offline=yes", "--threshold=30"]]) {
		const { status, stdout, stderr } = spawnSync("systemd-analyze", [...words, unit], {
			encoding: "utf8",
		});
		assert.equal(status, 0, stdout + stderr);
		assert.equal(stderr, "", words.join(" "));
	}
});
