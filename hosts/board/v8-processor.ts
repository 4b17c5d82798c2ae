/** V8 as the board's processor: the same image, run in this process. */

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Image } from "./image.js";
import { PowerLoss } from "./power.js";
import {
	type Answer,
	type Holding,
	MachineFault,
	type Meters,
	type Processor,
	type Value,
} from "./processor.js";

/** Images are laid out as files here, once each, for Node to import. */
const imagesFolder = fileURLToPath(new URL("../../v8/", import.meta.url));

type Receive = (name: string, ...values: Value[]) => void;
type Start = (call: (operation: string, ...values: Value[]) => unknown) => Receive;

export class V8Processor implements Processor {
	#receive: Receive | undefined;
	#isOn = false;
	/** Set when power fails in the middle of a turn, for `deliver` to report. */
	#isCut = false;

	async start(image: Image, answer: Answer): Promise<void> {
		const start = await importStart(image).catch((error: unknown) => {
			throw new MachineFault({ reason: "unhandled exception", message: String(error) });
		});
		this.#isOn = true;
		await this.#turn(() => {
			this.#receive = start((operation, ...values) => this.#call(answer, operation, values));
		});
	}

	async deliver(name: string, values: readonly Value[]): Promise<void> {
		if (!this.#isOn) throw new PowerLoss();
		await this.#turn(() => this.#receive?.(name, ...values.map(copied)));
	}

	stop(): void {
		this.#isOn = false;
		this.#isCut = true;
		this.#receive = undefined;
	}

	meters(): Promise<Meters | undefined> {
		return Promise.resolve(undefined);
	}

	survey(): Promise<readonly Holding[]> {
		return Promise.resolve([]);
	}

	async #turn(run: () => void): Promise<void> {
		try {
			run();
		} catch (error) {
			// Whatever a program makes of it: what follows a loss of power is no fault of its own.
			if (error instanceof PowerLoss || this.#isCut) throw new PowerLoss();
			this.stop();
			throw new MachineFault({ reason: "unhandled exception", message: String(error) });
		}
		await new Promise((resolve) => setImmediate(resolve));
		if (this.#isCut) throw new PowerLoss();
	}

	#call(answer: Answer, operation: string, values: readonly Value[]): unknown {
		if (!this.#isOn) throw new PowerLoss();
		try {
			return given(answer(operation, values.map(lent)));
		} catch (error) {
			if (error instanceof PowerLoss) this.stop();
			throw error;
		}
	}
}

/** What the program hands to the board, which copies what it keeps. */
function lent(value: Value | ArrayBuffer): Value {
	return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

/** What the board hands over for good, as an `ArrayBuffer`. */
function given(value: Value): Value {
	if (!(value instanceof Uint8Array)) return value;
	const isAlone = value.byteLength === value.buffer.byteLength;
	return isAlone ? (value.buffer as unknown as Value) : copied(value);
}

/** A `Buffer` has a `slice` of its own, which copies nothing. */
function copied(value: Value): Value {
	if (!(value instanceof Uint8Array)) return value;
	return Uint8Array.prototype.slice.call(value).buffer as unknown as Value;
}

async function importStart(image: Image): Promise<Start> {
	const folder = join(imagesFolder, image.digest);
	if (!existsSync(folder)) layOut(image, folder);
	const entry = image.modules[image.modules.length - 1];
	const module: unknown = await import(pathToFileURL(join(folder, entry?.name ?? "")).href);
	const { default: start } = module as { default: Start };
	return start;
}

/** Complete or not at all: others may be looking. */
function layOut(image: Image, folder: string): void {
	const draft = folder + "." + process.pid;
	for (const { name, source } of image.modules) {
		const path = join(draft, name);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(path, source);
	}
	writeFileSync(join(draft, "package.json"), '{ "type": "module" }\n');
	try {
		renameSync(draft, folder);
	} catch {
		rmSync(draft, { recursive: true }); // Somebody else was first with the same.
	}
}
