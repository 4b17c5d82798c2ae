/** What the device program takes of the heap in Moddable's simulator, TLS and all. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createAuthority } from "../hosts/dms/authority/authority.js";
import { listen } from "../hosts/dms/listener/listener.js";
import { openService, type Service } from "../hosts/dms/service.js";
import { memory } from "../hosts/dms/storage/database.js";
import { ownManifest } from "../hosts/moddable/tools/mcconfig.js";
import { findSdk } from "../hosts/moddable/tools/sdk.js";
import { buildSimulator } from "../hosts/moddable/tools/simulator.js";
import { Simulation } from "../test/sdk/simulation.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";

/** Where the last measurement is kept: few machines have the SDK. */
const keptPath = fileURLToPath(new URL("../../bench/simulator.json", import.meta.url));

/** Of a machine of 64 bits; a chip's slots have half the size. */
const slotBytes = 32;
const user = "demo";
const product = "ACME-LAMP";
/**
 * Collections come when the heap is full, and meters once a second: with answers of several lengths
 * and waits some second ends soon after one.
 */
const linesAtRest = [
	"version",
	"get dms.provision.status",
	"faults_print",
	"get system.uuid",
	"why",
	"get wlan.ssid",
] as const;
const answersAtRest = 200;
const waitsAtRest = [170, 210, 250, 290, 330, 370, 410] as const;
const meterMilliseconds = 1500;

export interface SimulatorFigures {
	/** After the journey, at most: what garbage there was since the last collection is in it. */
	readonly idleSlots: number;
	readonly idleChunkBytes: number;
	/** Size of the heap that the journey was made in. */
	readonly heapSlots: number;
	readonly heapChunkBytes: number;
	readonly stackSlots: number;
	readonly keys: number;
	/** The day of the measurement. */
	readonly measured: string;
}

export function keptSimulatorFigures(): SimulatorFigures {
	const figures: SimulatorFigures = JSON.parse(readFileSync(keptPath, "utf8"));
	return figures;
}

export const simulator: Benchmark = {
	summary: "memory in the SDK's instrumented simulator; kept for footprint",
	async measure(): Promise<Measurement> {
		const parts = await journey();
		const figures = { ...parts, measured: new Date().toISOString().slice(0, 10) };
		writeFileSync(keptPath, JSON.stringify(figures, undefined, "\t") + "\n");
		return { figures, text: table(Object.entries(parts)) };
	},
};

type Meters = Readonly<Record<string, number>>;

async function journey(): Promise<Omit<SimulatorFigures, "measured">> {
	const build = { manifest: ownManifest, isInstrumented: true };
	const program = buildSimulator(findSdk(), build, "kept");
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
	try {
		const service = await serve(closing);
		const context = { after: (act: () => unknown): void => void closing.push(act) };
		const simulation = new Simulation(context, program, folder);
		await simulation.ready();
		for (const line of await linesFor(service)) await simulation.type(line);
		await delay(meterMilliseconds);
		const { length } = metersIn(simulation.traces);
		for (let count = 0; count < answersAtRest; count++) {
			await simulation.type(linesAtRest[count % linesAtRest.length] ?? "");
			await delay(waitsAtRest[count % waitsAtRest.length]);
		}
		await delay(meterMilliseconds);
		const meters = metersIn(simulation.traces);
		await simulation.end();
		return figuresOf(meters, meters.slice(length));
	} finally {
		for (const close of closing.reverse()) await close();
	}
}

async function serve(closing: (() => unknown)[]): Promise<Service> {
	const authority = createAuthority(Math.floor(Date.now() / 1000));
	const log = (): void => undefined;
	const service = await openService({
		...{ database: memory, authority, addresses: ["localhost:1"], log },
	});
	const listener = await listen(service, { host: "127.0.0.1", port: 0 });
	await service.setAddresses(["localhost:" + listener.port]);
	closing.push(
		() => service.close(),
		() => listener.close(),
	);
	return service;
}

/** From blank to active. */
async function linesFor(service: Service): Promise<readonly string[]> {
	await service.users.add(user);
	await service.products.add({ code: product, title: "Lamp", platform: "lin", owner: user });
	const { token } = await service.tokens.addProvisioning();
	const claim = await service.tokens.addClaim({ user });
	return ["dms_provision " + token, "dms_claim " + claim.token, "dms_activate " + product];
}

/** The SDK's lines: names first, then a row of numbers for each second. */
function metersIn(traces: readonly string[]): readonly Meters[] {
	const lines = traces.filter((line) => line.startsWith("instruments"));
	const [head = [], ...rows] = lines.map((line) => line.replace(/^[^:]*: ?/, "").split(","));
	return rows.map((row) =>
		Object.fromEntries(row.map((cell, index) => [head[index], Number(cell)])),
	);
}

function figuresOf(
	all: readonly Meters[],
	atRest: readonly Meters[],
): Omit<SimulatorFigures, "measured"> {
	const of = (meters: Meters, name: string): number => meters[name] ?? 0;
	const most = (name: string): number => Math.max(...all.map((meters) => of(meters, name)));
	const held = (meters: Meters): number => of(meters, "Slot used") / 2 + of(meters, "Chunk used");
	const [idle = {}] = [...atRest].sort((left, right) => held(left) - held(right));
	return {
		idleSlots: of(idle, "Slot used") / slotBytes,
		idleChunkBytes: of(idle, "Chunk used"),
		heapSlots: Math.floor(most("Slot available") / slotBytes),
		heapChunkBytes: most("Chunk available"),
		stackSlots: most("Stack used") / slotBytes,
		keys: most("Keys used"),
	};
}
