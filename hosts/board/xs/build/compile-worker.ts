/** A thread that runs the compiler, which is a WebAssembly module itself. */

import { parentPort } from "node:worker_threads";
import { commands, runLLVM, type Tree } from "@yowasp/clang";

/** One call of the compiler over files of its own; it writes the file `out`. */
export interface Job {
	readonly parameters: readonly string[];
	readonly files: Readonly<Record<string, unknown>>;
}

export interface JobResult {
	/** `undefined` when it failed. */
	readonly bytes: Uint8Array | undefined;
	/** What the compiler said: warnings and errors. */
	readonly said: string;
}

parentPort?.on("message", (job: Job) => {
	void run(job).then((result) => parentPort?.postMessage(result));
});

async function run({ parameters, files }: Job): Promise<JobResult> {
	let said = "";
	const stderr = (bytes: Uint8Array | null): void => {
		if (bytes !== null) said += Buffer.from(bytes).toString();
	};
	try {
		const options = { stderr, stdout: null, fetchProgress: () => undefined };
		// Without arguments it only loads itself. Done by `clang`, it would print its progress.
		await runLLVM(undefined, undefined, options);
		const tree = await commands.clang([...parameters], files as Tree, options);
		const out = tree?.["out"];
		return { bytes: out instanceof Uint8Array ? out : undefined, said };
	} catch (error) {
		return { bytes: undefined, said: said + String(error) };
	}
}
