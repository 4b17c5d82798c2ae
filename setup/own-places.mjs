/** What every bundle needs that runs in Node. */

import { readFileSync } from "node:fs";
import { relative, sep } from "node:path";

/** What CommonJS packages in a bundle get Node's own modules by. */
export const banner =
	'import { createRequire as createBundleRequire } from "node:module";\n' +
	"const require = createBundleRequire(import.meta.url);";

/**
 * Modules find their files by their own place: in the bundle too, each has the one that it had.
 *
 * @param {string} outputFolder where the bundle lies, with no folder in it
 * @returns {import("esbuild").Plugin}
 */
export function ownPlaces(outputFolder) {
	return {
		name: "own places",
		setup({ onLoad }) {
			onLoad({ filter: /[\\/]build[\\/].*\.js$/ }, ({ path }) => {
				if (path.includes("node_modules")) return undefined;
				const way = relative(outputFolder, path).split(sep).join("/");
				const place = `new URL(${JSON.stringify(way)}, import.meta.url).href`;
				return { contents: readFileSync(path, "utf8").replaceAll("import.meta.url", place) };
			});
		},
	};
}
