/** A server in a process of its own, on a core of its own, whose processor time can be asked. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Meter } from "./meter.js";

export interface ServerProcess {
	readonly port: number;
	readonly pid: number;
	meter(): Promise<Meter>;
	stop(): Promise<void>;
}

const meterModule = new URL("meter.js", import.meta.url).href;
const serviceProgram = fileURLToPath(new URL("../../hosts/dms/main.js", import.meta.url));
const bareProgram = fileURLToPath(new URL("bare.js", import.meta.url));
const serverCore = "0";
const clientCore = "1";

/** Whether processes can be kept on their cores here. */
export const isPinned = hasTaskset();

function hasTaskset(): boolean {
	try {
		execFileSync("taskset", ["--version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}

/** This process asks from a core of its own. */
export function pinClient(): void {
	if (!isPinned) return;
	execFileSync("taskset", ["-a", "-c", "-p", clientCore, String(process.pid)], { stdio: "ignore" });
}

export function startService(data: string, ...words: readonly string[]): Promise<ServerProcess> {
	const options = ["--listen", "127.0.0.1:0", "--connections-per-address", "4000", "--no-api"];
	return start(serviceProgram, ["--json", "--data", data, "serve", ...options, ...words]);
}

export function startBare(options: string): Promise<ServerProcess> {
	return start(bareProgram, [options]);
}

/** Runs a command of the service to its end; returns how many seconds it took. */
export function secondsOf(data: string, ...words: readonly string[]): number {
	const start = performance.now();
	execFileSync(process.execPath, [serviceProgram, "--data", data, ...words], { stdio: "ignore" });
	return (performance.now() - start) / 1000;
}

async function start(program: string, words: readonly string[]): Promise<ServerProcess> {
	const command = [process.execPath, "--import", meterModule, program, ...words];
	const [file = "", ...parameters] = isPinned ? ["taskset", "-c", serverCore, ...command] : command;
	const child = spawn(file, parameters, { stdio: ["ignore", "pipe", "ignore", "ipc"] });
	const port = await portOf(child);
	return {
		port,
		pid: child.pid ?? 0,
		async meter() {
			const answer = once(child, "message");
			child.send("meter");
			const [meter] = await answer;
			return meter as Meter;
		},
		async stop() {
			const closed = once(child, "close");
			child.kill();
			await closed;
		},
	};
}

async function portOf(child: ChildProcess): Promise<number> {
	if (child.stdout === null) throw new Error("no standard output");
	const line = once(createInterface({ input: child.stdout }), "line");
	const ended = once(child, "close").then(([code]) => {
		throw new Error("a server ended with " + String(code));
	});
	ended.catch(() => undefined);
	const [text] = await Promise.race([line, ended]);
	return Number(/"port":(\d+)/.exec(String(text))?.[1]);
}
