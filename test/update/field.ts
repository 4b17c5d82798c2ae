/**
 * Many runs of one device: it was made active once, and each run begins with a copy of its flash.
 */

import type { Board } from "../../hosts/board/board.js";
import { VirtualClock } from "../../hosts/board/clock.js";
import { openBoard, type ProcessorKind } from "../../hosts/board/open-board.js";
import { type Occasion, Power } from "../../hosts/board/power.js";
import { seededRandom } from "../../hosts/board/random.js";
import { MemoryState } from "../../hosts/board/state.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { FaultyNetwork, type ExchangeFault } from "../journey/faulty-network.js";
import { Terminal } from "../journey/terminal.js";
import { address, authority, loseNetwork, network, start } from "../journey/world.js";
import { BundleService } from "./bundle-service.js";
import { activate, createFleet, oldImage } from "./fleet.js";

const stateNames = ["nvs.json", "ota_0.bin", "otadata.bin", "programmed.txt", "mac.txt"];
/** The device was made active in the hour before. */
const runStart = start + 3_600_000;

const nothing = (): Promise<void> => Promise.resolve();
/** What the faults of the network would need: there are none. */
const unharmed = {
	...{ dieOf: nothing, kill: nothing, backUp: nothing, restore: nothing },
	...{ setClockError: () => undefined, jumpDeviceClock: () => undefined },
	...{ loseNetwork: () => undefined },
};

export interface RunOptions {
	readonly processor: ProcessorKind;
	readonly cuts?: readonly Occasion[];
	/** What befalls which exchange; nothing that needs a service which can die. */
	readonly faults?: ReadonlyMap<number, ExchangeFault>;
	/** What lies in the other slot already. */
	readonly otherSlot?: Uint8Array;
	readonly turnSteps?: number;
}

export interface Run {
	readonly clock: VirtualClock;
	readonly state: MemoryState;
	readonly board: Board;
	readonly terminal: Terminal;
	readonly bundles: BundleService;
}

export class Field {
	readonly #kept: MemoryState;
	#service: Service | undefined;
	#clock = new VirtualClock(runStart);

	private constructor(kept: MemoryState) {
		this.#kept = kept;
	}

	/** Makes the device active, on V8; its flash is the same whatever processor runs it. */
	static async open(): Promise<Field> {
		const state = new MemoryState();
		const fleet = await createFleet({ state });
		await activate(fleet);
		await fleet.close();
		const field = new Field(state);
		const now = (): number => field.#clock.now();
		const log = (): void => undefined;
		field.#service = await openService({
			...{ database: memory, authority, addresses: [address], now, log },
		});
		return field;
	}

	async close(): Promise<void> {
		await this.#service?.close();
	}

	/** A run of the device for `act`, from its flash as it was kept. */
	async run<T>(options: RunOptions, act: (run: Run) => Promise<T>): Promise<T> {
		const { processor, cuts = [], otherSlot, turnSteps } = options;
		const { faults = new Map<number, ExchangeFault>() } = options;
		const clock = (this.#clock = new VirtualClock(runStart));
		const state = copyOf(this.#kept);
		if (otherSlot !== undefined) state.write("ota_1.bin", otherSlot);
		const bundles = new BundleService();
		const terminal = new Terminal(clock);
		const answer = (request: Request): Promise<Response | undefined> =>
			this.#answer(bundles, request);
		const victims = {
			...{ ...unharmed, answer },
			jumpDeviceClock: (seconds: number) => board.jumpClock(seconds * 1000),
			loseNetwork: (milliseconds: number) => loseNetwork(board, clock, milliseconds),
		};
		const net = new FaultyNetwork(clock, victims, faults);
		const board: Board = openBoard({
			...{ state, image: oldImage, processor, turnSteps, networks: [network] },
			...{ onOutput: terminal.onOutput, clock, random: seededRandom(1) },
			...{ transport: net.transport, power: new Power(cuts) },
		});
		terminal.join(board);
		try {
			return await act({ clock, state, board, terminal, bundles });
		} finally {
			await board.powerOff();
		}
	}

	#answer(bundles: BundleService, request: Request): Promise<Response | undefined> {
		if (this.#service === undefined) throw new Error("the field is closed");
		return bundles.between(request, this.#service);
	}
}

function copyOf(state: MemoryState): MemoryState {
	const copy = new MemoryState();
	for (const name of stateNames) {
		const bytes = state.read(name);
		if (bytes !== undefined) copy.write(name, bytes);
	}
	return copy;
}
