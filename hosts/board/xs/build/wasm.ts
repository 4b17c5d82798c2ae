/** Compiles engine and program into the WebAssembly module that is the board's processor. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { modulePath } from "../machine.js";
import type { Job, JobResult } from "./compile-worker.js";
import {
	commonOptions,
	outputFolder,
	readHeaders,
	readSources,
	type Source,
	warningOptions,
} from "./sources.js";

/** The compiler takes some 10 seconds to load in each; more than two gain little. */
const workersMaximum = 2;
/** C's own stack in the module's memory; V8's, which calls take too, is larger. */
const stackBytes = 512 * 1024;
/** A new layout of what is compiled, though no source has changed. */
const format = 1;

const compileOptions: readonly string[] = [
	"-O2",
	"-mllvm",
	"-wasm-enable-sjlj", // setjmp by exceptions.
	"-fno-strict-float-cast-overflow", // XS casts doubles beyond an int's range.
	"-D_GNU_SOURCE",
	...commonOptions,
];

const linkOptions: readonly string[] = [
	"-mexec-model=reactor",
	"-nostartfiles",
	"-Wl,--no-entry",
	"-Wl,--stack-first", // Below the stack an access is out of bounds.
	"-Wl,-z,stack-size=" + stackBytes,
	"-Wl,--strip-debug",
	"-Wl,--export=__stack_pointer",
];

const objectsFolder = join(outputFolder, "objects");

/** Hears how many of the files that had to be compiled are done. */
export type Progress = (done: number, total: number) => void;

interface Compilation {
	readonly source: Source;
	readonly path: string;
	readonly stamp: string;
}

/**
 * Compiles what has changed since the last time, and links it.
 *
 * @throws {Error} with what the compiler says when it refuses a file.
 */
export async function buildModule(onProgress: Progress = () => undefined): Promise<void> {
	mkdirSync(objectsFolder, { recursive: true });
	const headers = readHeaders();
	const seed = JSON.stringify([format, compileOptions, headers]);
	const all = readSources().map((source): Compilation => {
		const hash = createHash("sha256").update(seed).update(JSON.stringify(source));
		const path = join(objectsFolder, source.name + ".o");
		return { source, path, stamp: hash.digest("hex") };
	});
	const stamp = JSON.stringify([linkOptions, all.map((one) => one.stamp)]);
	if (isDone(modulePath, stamp)) return;
	// The largest first: none is compiled alone at the end.
	const changed = all
		.filter((one) => !isDone(one.path, one.stamp))
		.sort((one, other) => other.source.text.length - one.source.text.length);
	const compiler = new Compiler();
	try {
		let done = 0;
		onProgress(done, changed.length);
		await Promise.all(
			changed.map(async ({ source, path, stamp }) => {
				keep(path, stamp, await compiler.run(compileJob(source, headers)));
				onProgress(++done, changed.length);
			}),
		);
		keep(modulePath, stamp, await compiler.run(linkJob(all)));
	} finally {
		compiler.close();
	}
}

function compileJob(source: Source, headers: Job["files"]): Job {
	const { folder, name, text } = source;
	return {
		parameters: [
			...compileOptions,
			...warningOptions(source),
			...["-c", folder + "/" + name, "-o", "out"],
		],
		files: { ...headers, [folder]: { ...(headers[folder] as object), [name]: text } },
	};
}

function linkJob(all: readonly Compilation[]): Job {
	const objects = all.map(({ source, path }) => [source.name + ".o", readFileSync(path)] as const);
	const names = objects.map(([name]) => name);
	return {
		parameters: [...linkOptions, ...names, "-lsetjmp", "-lc", "-o", "out"],
		files: Object.fromEntries(objects),
	};
}

function isDone(path: string, stamp: string): boolean {
	const stampPath = path + ".stamp";
	return existsSync(path) && existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp;
}

/** The stamp comes last: what it stands for is whole. */
function keep(path: string, stamp: string, bytes: Uint8Array): void {
	writeFileSync(path + ".draft", bytes);
	renameSync(path + ".draft", path);
	writeFileSync(path + ".stamp", stamp);
}

interface Waiting {
	readonly job: Job;
	resolve(bytes: Uint8Array): void;
	reject(error: Error): void;
}

/** The compiler in worker threads, which are started when there is something to do. */
class Compiler {
	readonly #workers: Worker[] = [];
	readonly #idle: Worker[] = [];
	readonly #queue: Waiting[] = [];
	readonly #running = new Map<Worker, Waiting>();

	run(job: Job): Promise<Uint8Array> {
		return new Promise((resolve, reject) => {
			this.#queue.push({ job, resolve, reject });
			this.#next();
		});
	}

	close(): void {
		for (const worker of this.#workers) void worker.terminate();
	}

	#next(): void {
		if (this.#queue.length === 0) return;
		const worker = this.#idle.pop() ?? this.#newWorker();
		const waiting = worker === undefined ? undefined : this.#queue.shift();
		if (worker === undefined || waiting === undefined) return;
		this.#running.set(worker, waiting);
		worker.postMessage(waiting.job);
	}

	#newWorker(): Worker | undefined {
		if (this.#workers.length === workersMaximum) return undefined;
		const worker = new Worker(new URL("./compile-worker.js", import.meta.url));
		worker.on("error", (error) => this.#running.get(worker)?.reject(error));
		worker.on("message", ({ bytes, said }: JobResult) => {
			const waiting = this.#running.get(worker);
			this.#idle.push(worker);
			if (bytes === undefined) waiting?.reject(new Error("the compiler says:\n" + said));
			else waiting?.resolve(bytes);
			this.#next();
		});
		this.#workers.push(worker);
		return worker;
	}
}
