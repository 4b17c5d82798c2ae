/** Where the Moddable SDK and ESP-IDF are, or a sentence that says what is missing. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** What this was built with; earlier SDKs compile TypeScript and name natives in other ways. */
const versionMinimum = [8, 2, 3] as const;

const howToGetSdk =
	"Get it with `npx xs-dev setup`, or from https://github.com/Moddable-OpenSource/moddable.";

export interface Sdk {
	/** `MODDABLE`. */
	readonly folder: string;
	readonly version: string;
	/** The environment in which its tools run: with its `bin` and our TypeScript in the path. */
	readonly environment: NodeJS.ProcessEnv;
}

/** Something that the user has to install. The message says what, and how. */
export class Missing extends Error {}

/** The SDK that `MODDABLE` names. Throws `Missing`. */
export function findSdk(): Sdk {
	const folder = process.env.MODDABLE;
	if (folder === undefined || folder === "") {
		throw new Missing("MODDABLE is not set: the Moddable SDK is not installed. " + howToGetSdk);
	}
	const versionPath = join(folder, "tools/VERSION");
	if (!existsSync(versionPath)) {
		throw new Missing("MODDABLE is " + folder + ", where there is no Moddable SDK. " + howToGetSdk);
	}
	const version = readFileSync(versionPath, "utf8").trim();
	if (isOlder(version)) {
		throw new Missing(
			`The Moddable SDK in ${folder} is ${version}; ` +
				`it takes ${versionMinimum.join(".")} or later. Update it with \`npx xs-dev update\`.`,
		);
	}
	const tools = join(folder, "build/bin/lin/release");
	if (!existsSync(join(tools, "mcconfig"))) {
		throw new Missing(
			`The tools of the Moddable SDK in ${folder} are not built. ` +
				`Build them: cd ${join(folder, "build/makefiles/lin")} && make`,
		);
	}
	const path = [tools, join(root, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter);
	return { folder, version, environment: { ...process.env, PATH: path } };
}

/** Checks that ESP-IDF is there, in the version that the SDK wants. Throws `Missing`. */
export function checkIdf(sdk: Sdk): void {
	const manifestPath = join(sdk.folder, "build/devices/esp32/manifest.json");
	const manifest: { readonly build?: { readonly EXPECTED_ESP_IDF?: unknown } } = JSON.parse(
		readFileSync(manifestPath, "utf8"),
	);
	const wanted = String(manifest.build?.EXPECTED_ESP_IDF);
	const howToGet =
		`Get it with \`npx xs-dev setup --device esp32\`, or clone tag ${wanted} of ` +
		"https://github.com/espressif/esp-idf, run its install.sh, and source its export.sh.";
	const folder = process.env.IDF_PATH;
	if (folder === undefined || folder === "") {
		throw new Missing("IDF_PATH is not set: ESP-IDF is not installed. " + howToGet);
	}
	const { stdout } = spawnSync("git", ["describe", "--always", "--abbrev=0"], {
		cwd: existsSync(folder) ? folder : root,
		encoding: "utf8",
	});
	if (!existsSync(folder) || !isIdfFor(wanted, stdout.trim())) {
		throw new Missing(`IDF_PATH is ${folder}, which is not ESP-IDF ${wanted}. ` + howToGet);
	}
	if (spawnSync("idf.py", ["--version"]).status !== 0) {
		throw new Missing(`idf.py does not run. First: . ${join(folder, "export.sh")}`);
	}
}

/** As the SDK's own check (`versionCheck.py`): a later mend of the same version is as good. */
export function isIdfFor(wanted: string, found: string): boolean {
	const series = (version: string): string => version.split(".").slice(0, 2).join(".");
	return /^v\d+\.\d+(\.\d+)?$/.test(found) && series(found) === series(wanted);
}

function isOlder(version: string): boolean {
	const numbers = version.split(".").map(Number);
	for (const [index, minimum] of versionMinimum.entries()) {
		const number = numbers[index] ?? 0;
		if (number !== minimum) return number < minimum;
	}
	return false;
}
