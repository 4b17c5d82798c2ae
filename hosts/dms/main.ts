#!/usr/bin/env node
/** The command `opendms`. */

import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { run } from "./cli/program.js";

/** Ctrl-], as telnet's. */
const escapeByte = 0x1d;

process.exitCode = await run(process.argv.slice(2), {
	print: (line) => process.stdout.write(line + "\n"),
	printError: (line) => process.stderr.write(line + "\n"),
	environment: process.env,
	lines: () => (process.stdin.isTTY ? undefined : createInterface({ input: process.stdin })),
	join,
	stopped: () =>
		new Promise((resolve) => {
			process.once("SIGINT", () => resolve());
			process.once("SIGTERM", () => resolve());
		}),
});

async function join(line: Duplex): Promise<void> {
	const { stdin, stdout } = process;
	stdin.setRawMode(true);
	line.pipe(stdout);
	await new Promise<void>((resolve) => {
		line.once("close", () => resolve());
		stdin.on("data", (bytes: Buffer) => {
			const end = bytes.indexOf(escapeByte);
			line.write(end < 0 ? bytes : bytes.subarray(0, end));
			if (end >= 0) resolve();
		});
	});
	line.destroy();
	stdin.setRawMode(false);
	stdin.pause();
}
