/** What esbuild finds wrong. */

import { formatMessages } from "esbuild";

/**
 * @param {unknown} error that `build` has thrown; one that isn't about what it was given is thrown on
 * @returns {Promise<string>} each message, with its place
 */
export async function faultsOf(error) {
	if (!(error instanceof Error && "errors" in error && Array.isArray(error.errors))) throw error;
	return (await formatMessages(error.errors, { kind: "error" })).join("");
}
