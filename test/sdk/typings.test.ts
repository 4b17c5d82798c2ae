/** The SDK's own types of the modules that npm's `@moddable/typings` stands for here. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sdkOrReason } from "./simulation.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const sdk = sdkOrReason();

test(
	"the hosts fit the SDK's own types too",
	{ skip: typeof sdk === "string" && sdk },
	(context) => {
		if (typeof sdk === "string") return;
		const folder = mkdtempSync(join(tmpdir(), "opendms-typings-"));
		context.after(() => rmSync(folder, { recursive: true }));
		for (const name of ["sdk.d.ts", "untyped.d.ts"]) {
			const text = readFileSync(join(root, "hosts/moddable", name), "utf8")
				.replace(/"[./]+node_modules\/@moddable\/typings\/(.*)"/g, (text, path: string) => {
					const own = join(sdk.folder, "typings", path);
					return existsSync(own) ? JSON.stringify(own) : text; // Its globals it has elsewhere.
				})
				.replaceAll("../../", root);
			writeFileSync(join(folder, name), text);
		}
		const hosts = ["moddable", "lin", "esp32"].map((name) => join(root, "hosts", name));
		const configuration = {
			extends: join(root, "tsconfig.base.json"),
			compilerOptions: { composite: false, noEmit: true, rootDir: "/" },
			include: [join(folder, "*.d.ts"), ...hosts.map((path) => join(path, "**/*.ts"))],
			exclude: [join(root, "hosts/moddable/*.d.ts"), join(root, "hosts/moddable/tools")],
		};
		writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(configuration));
		const compiler = join(root, "node_modules/typescript/bin/tsc");
		const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
		assert.equal(stdout, "");
	},
);
