/** The manifest for the Moddable SDK: it names every module of the device, and preloads each. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Manifest {
	readonly modules: Readonly<Record<string, string | readonly string[]>>;
	readonly preload: readonly string[];
}

function readManifest(folder: string): Manifest {
	const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, "manifest.json"), "utf8"));
	return manifest;
}

/** The modules in a folder, as `./src/dms/dms`. */
function modulesIn(folder: string): string[] {
	return readdirSync(join(root, folder))
		.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
		.map((name) => "./" + join(folder, basename(name, ".ts")));
}

function foldersIn(folder: string): string[] {
	return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

/** Sources of modules that a manifest maps, with its wildcards expanded. */
function mappedSources(manifest: Manifest): Set<string> {
	const sources = Object.values(manifest.modules).flat();
	return new Set(
		sources.flatMap((source) =>
			source.endsWith("/*") && source.startsWith("./src/") ? modulesIn(dirname(source)) : [source],
		),
	);
}

test("manifest.json names every module of src, and preloads each of them", () => {
	const manifest = readManifest("");
	const mapped = mappedSources(manifest);
	const preloaded = new Set(manifest.preload);
	const modules = [...modulesIn("src"), ...foldersIn("src").flatMap(modulesIn)];
	assert.ok(modules.length > 30);
	const unmapped = modules.filter((module) => !mapped.has(module));
	assert.deepEqual(unmapped, [], "add the module, or its folder, to `modules` of manifest.json");
	const late = modules.filter((module) => !preloaded.has("opendms" + module.slice(1)));
	assert.deepEqual(late, [], "add `opendms/src/...` to `preload` of manifest.json");
});

test("what the manifests preload is there", () => {
	for (const folder of ["", "hosts/esp32", "hosts/lin"]) {
		const gone = readManifest(folder)
			.preload.filter((name) => /^opendms\/(src|hosts)\//.test(name))
			.map((name) => name.slice("opendms/".length))
			.filter((name) => !modulesIn(dirname(name)).includes("./" + name));
		assert.deepEqual(gone, []);
	}
});

test("each host's manifest names and preloads the host's own modules", () => {
	for (const host of ["esp32", "lin"]) {
		const { preload } = readManifest("hosts/" + host);
		const late = modulesIn("hosts/" + host)
			.map((module) => "opendms" + module.slice(1))
			.filter((name) => !preload.includes(name));
		assert.deepEqual(late, []);
	}
});
