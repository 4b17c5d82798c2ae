/** npm, as a part of set-up. */

import { spawn } from "node:child_process";
import { constants } from "node:os";

const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Runs npm as this process was started by it. What ends this process ends npm first: left alone it
 * would go on in the same folder for seconds, and be in the next set-up's way.
 *
 * @param {string[]} parameters
 * @returns {Promise<string | undefined>} what it said, if it failed
 */
export async function npmFailure(parameters) {
	const { npm_execpath: script } = process.env;
	const [program, ...before] =
		script?.endsWith("js") === true ? [process.execPath, script] : ["npm"];
	/** @type {NodeJS.Signals | undefined} */
	let ending;
	/** @param {NodeJS.Signals} signal */
	const pass = (signal) => {
		ending = signal;
		child.kill(signal);
	};
	for (const signal of signals) process.on(signal, pass);
	const child = spawn(program, [...before, ...parameters], {
		stdio: ["ignore", "pipe", "pipe"],
		shell: program === "npm" && process.platform === "win32",
	});
	let said = "";
	for (const output of [child.stdout, child.stderr]) {
		output.setEncoding("utf8").on("data", (text) => (said += text));
	}
	const failure = await new Promise((resolve) => {
		child.on("error", (error) => resolve(error.message + "\n"));
		child.on("close", (code) => resolve(code === 0 ? undefined : said));
	});
	for (const signal of signals) process.off(signal, pass);
	if (ending !== undefined) process.exit(128 + constants.signals[ending]);
	return failure;
}
