/** A service, a board and somebody at its console in one process, on virtual time. */

import { fileURLToPath } from "node:url";
import type { Board, Panic } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import { VirtualClock } from "../../hosts/board/clock.js";
import { openBoard, type ProcessorKind } from "../../hosts/board/open-board.js";
import { type Occasion, Power } from "../../hosts/board/power.js";
import { realRandom, seededRandom } from "../../hosts/board/random.js";
import type { Transport } from "../../hosts/board/transport.js";
import { MemoryState } from "../../hosts/board/state.js";
import type { XsOptions } from "../../hosts/board/xs/xs-processor.js";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import type { Log, LogEntry } from "../../hosts/dms/log.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { FaultyNetwork, type ExchangeFault } from "./faulty-network.js";
import { MortalService } from "./mortal-service.js";
import { Terminal } from "./terminal.js";

export const address = "dms.test:8443";
export const network = { ssid: "demo", passkey: "correct horse", rssi: -50 };
export const product = "ACME-LAMP";
export const user = "alice";
/**
 * Of the virtual clock, in milliseconds: within the life of the CA below, and after the build of
 * every image, before which no device believes that it is.
 */
export const start = Date.UTC(2030, 5, 1);

const lamp = fileURLToPath(new URL("../../example/lamp/lamp.js", import.meta.url));
export const image = buildImage({ app: lamp, version: "0.1.0.0" });

export interface WorldOptions {
	readonly processor: ProcessorKind;
	/** Size of XS's heap, or the size for each boot. */
	readonly heapBytes?: number | (() => number);
	/** Of XS: steps of one turn, and who hears what goes in and out. */
	readonly turnSteps?: number;
	readonly record?: XsOptions["record"];
	/** What a fault leads to. */
	readonly panic?: Panic;
	/** What the board runs; by default the lamp. */
	readonly image?: Uint8Array;
	/** What the board keeps while it is off. */
	readonly state?: MemoryState;
	/** When power fails. */
	readonly cuts?: readonly Occasion[];
	/** What befalls which exchange. */
	readonly faults?: ReadonlyMap<number, ExchangeFault>;
	/** Keeps the service's data in a folder, so that it can be killed and restored. */
	readonly isMortal?: boolean;
	/** Bytes of each of the board's slots. */
	readonly slotLength?: number;
	/** Makes the board's random bytes the same in each run. */
	readonly seed?: number;
	/** A way through the network of another kind. */
	readonly transport?: (
		clock: VirtualClock,
		answer: (request: Request) => Promise<Response | undefined>,
	) => Transport;
	/** How long a key operation takes. */
	readonly keyOperationMilliseconds?: number;
	/** Stands between device and service: an attacker, a fault, or somebody else's service. */
	readonly between?: Between;
}

export type Between = (request: Request, service: Service) => Promise<Response | undefined>;

export interface World {
	readonly clock: VirtualClock;
	readonly board: Board;
	readonly terminal: Terminal;
	readonly net: FaultyNetwork;
	/** The service's log. */
	readonly log: readonly LogEntry[];
	/** The service that runs now: another one after a kill. */
	service(): Service;
	/** How often a service that is mortal has gone back to a backup. */
	restores(): number;
	/** Starts the service again, on what it keeps; needs `isMortal`. */
	restart(): Promise<void>;
	close(): Promise<void>;
}

/** One CA for all worlds of a process. */
export const authority: Authority = createAuthority(start / 1000);

export async function createWorld(options: WorldOptions): Promise<World> {
	const { processor, cuts = [], faults = new Map<number, ExchangeFault>(), seed } = options;
	const { between = (request, asked) => asked.fetch(request) } = options;
	const clock = new VirtualClock(start);
	const now = (): number => clock.now();
	const entries: LogEntry[] = [];
	const log = (entry: LogEntry): void => void entries.push(entry);
	const mortal = options.isMortal ? await MortalService.open(address, now, log) : undefined;
	const immortal = mortal ? undefined : await openImmortal(now, log);
	const service = (): Service => immortal ?? requireMortal(mortal).current;
	const answer = (request: Request): Promise<Response | undefined> => between(request, service());
	const net = new FaultyNetwork(
		clock,
		{
			answer,
			dieOf: (request) => requireMortal(mortal).dieOf(request),
			kill: () => requireMortal(mortal).kill(),
			backUp: () => requireMortal(mortal).backUp(),
			restore: () => requireMortal(mortal).restore(),
			setClockError: (seconds) => (requireMortal(mortal).clockErrorMilliseconds = seconds * 1000),
			jumpDeviceClock: (seconds) => board.jumpClock(seconds * 1000),
			loseNetwork: (milliseconds) => loseNetwork(board, clock, milliseconds),
		},
		faults,
	);
	const terminal = new Terminal(clock);
	const board = openBoard({
		state: options.state ?? new MemoryState(),
		image: options.image ?? image,
		processor,
		...(options.heapBytes === undefined ? {} : { heapBytes: options.heapBytes }),
		turnSteps: options.turnSteps,
		record: options.record,
		networks: [network],
		slotLength: options.slotLength,
		keyOperationMilliseconds: options.keyOperationMilliseconds ?? 0,
		onOutput: terminal.onOutput,
		clock,
		random: seed === undefined ? realRandom : seededRandom(seed),
		transport: options.transport?.(clock, answer) ?? net.transport,
		power: new Power(cuts),
		...(options.panic === undefined ? {} : { panic: options.panic }),
	});
	terminal.join(board);
	return {
		clock,
		board,
		terminal,
		net,
		log: entries,
		service,
		restores: () => mortal?.restores ?? 0,
		restart: () => requireMortal(mortal).kill(),
		async close() {
			await board.powerOff();
			await (mortal ?? immortal)?.close();
		},
	};
}

/** The network goes off the net, and comes back. */
export function loseNetwork({ radio }: Board, clock: VirtualClock, milliseconds: number): void {
	radio.networks = [];
	radio.drop();
	clock.after(milliseconds, () => (radio.networks = [network]));
}

function openImmortal(now: () => number, log: Log): Promise<Service> {
	return openService({ database: memory, authority, addresses: [address], now, log });
}

function requireMortal(service: MortalService | undefined): MortalService {
	if (service !== undefined) return service;
	throw new Error("this fault needs a world with `isMortal`");
}

/** Makes a world for `act`, and ends it whatever comes. */
export async function inWorld(
	options: WorldOptions,
	act: (world: World) => Promise<void>,
): Promise<void> {
	const world = await createWorld(options);
	try {
		await act(world);
	} finally {
		await world.close();
	}
}
