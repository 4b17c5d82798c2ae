/** What becomes of a command when nobody takes what it prints. */

/**
 * Standard output and standard error whose reader has gone (EPIPE) change nothing: what a command
 * was asked for is done to its end, and a service goes on; `onGone` may decide otherwise. Output
 * that can't be written, as to a full disk, is an error: whoever asked doesn't have the answer.
 */
export function guardOutput(onGone: () => void = () => undefined): void {
	let isTold = false;
	const onError = (error: NodeJS.ErrnoException): void => {
		if (error.code === "EPIPE" || error.code === "EOF") return onGone();
		process.exitCode = 1;
		if (isTold) return;
		isTold = true;
		process.stderr.write("The output can't be written: " + error.message + "\n");
	};
	process.stdout.on("error", onError);
	process.stderr.on("error", onError);
}
