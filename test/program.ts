/** Programs that a test needs beside Node, and not every machine has. */

import { spawnSync } from "node:child_process";

/** Why a test can't run, for its `skip`: the program that is not in PATH; `false` where it is. */
export function without(program: string): string | false {
	const { error } = spawnSync(program, ["--version"], { stdio: "ignore" });
	return error !== undefined && program + " is not in PATH";
}
