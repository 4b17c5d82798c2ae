/** What `npm install` of the packed package makes, without a network. */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

interface PackageJson {
	readonly bin?: Readonly<Record<string, string>>;
	readonly dependencies?: Readonly<Record<string, string>>;
	readonly optionalDependencies?: Readonly<Record<string, string>>;
	readonly bundleDependencies?: readonly string[];
}

/** Packs what is compiled here, and installs it with what it depends on, and no more. */
export function installPackage(folder: string): string {
	execFileSync(process.execPath, [join(root, "setup/bundle.mjs")]);
	execFileSync(process.execPath, [join(root, "setup/library-types.mjs")]);
	const packed = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
	const isWindows = process.platform === "win32";
	const name = execFileSync("npm", packed, {
		cwd: root,
		encoding: "utf8",
		shell: isWindows,
	}).trim();
	const modules = join(folder, "node_modules");
	const opendms = join(modules, "opendms");
	mkdirSync(opendms, { recursive: true });
	execFileSync("tar", ["-xzf", join(folder, name), "-C", opendms, "--strip-components=1"]);
	const { bin = {}, bundleDependencies = [], ...rest } = packageJson(opendms);
	for (const dependency of Object.keys(rest.dependencies ?? {})) {
		if (!bundleDependencies.includes(dependency)) copyPackage(dependency, root, modules);
	}
	mkdirSync(join(modules, ".bin"));
	for (const [command, path] of Object.entries(bin)) {
		symlinkSync(join("..", "opendms", path), join(modules, ".bin", command));
	}
	return opendms;
}

function packageJson(folder: string): PackageJson {
	return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Copies what `importer` finds by this name, and what that depends on. */
function copyPackage(name: string, importer: string, modules: string): void {
	const source = find(name, importer);
	const target = join(modules, source.slice(root.length + "node_modules/".length));
	if (existsSync(target)) return;
	const nested = join(source, "node_modules");
	cpSync(source, target, { recursive: true, filter: (path) => path !== nested });
	const { dependencies = {}, optionalDependencies = {} } = packageJson(source);
	for (const dependency of Object.keys(dependencies)) copyPackage(dependency, source, modules);
	for (const dependency of Object.keys(optionalDependencies)) {
		// Of the ones for each kind of machine only this machine's is there.
		if (existsSync(join(root, "node_modules", dependency))) {
			copyPackage(dependency, source, modules);
		}
	}
}

function find(name: string, importer: string): string {
	const path = join(importer, "node_modules", name);
	if (existsSync(path)) return path;
	if (importer === root) throw new Error(name + " is not installed");
	return find(name, importer === dirname(importer) ? root : dirname(importer));
}
