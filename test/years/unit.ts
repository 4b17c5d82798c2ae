/** One device of the fleet: its board, what its flash holds, and who types at its console. */

import assert from "node:assert/strict";
import { type Board, orderedFault } from "../../hosts/board/board.js";
import type { VirtualClock } from "../../hosts/board/clock.js";
import { openBoard } from "../../hosts/board/open-board.js";
import { cutPoints, type Occasion, Power } from "../../hosts/board/power.js";
import { seededRandom } from "../../hosts/board/random.js";
import { MemoryState } from "../../hosts/board/state.js";
import { type Draw, drawFault, drawFrom } from "../faults/draw.js";
import { FaultyNetwork, type ExchangeFault } from "../journey/faulty-network.js";
import { identityIn } from "../journey/journey.js";
import { BoardIsOff, Terminal } from "../journey/terminal.js";
import { network } from "../journey/world.js";
import { quickCrypto } from "./quick-crypto.js";

export interface UnitOptions {
	readonly clock: VirtualClock;
	/** The same random bytes and mishaps for the same name. */
	readonly name: string;
	readonly image: Uint8Array;
	readonly years: number;
	answer(request: Request): Promise<Response | undefined>;
}

const nothing = (): Promise<void> => Promise.resolve();
/** What the faults of the network would need: there are none of these. */
const unharmed = {
	...{ dieOf: nothing, kill: nothing, backUp: nothing, restore: nothing },
	...{ setClockError: () => undefined, jumpDeviceClock: () => undefined },
	...{ loseNetwork: () => undefined },
};

/** What a year of a device has, about: mishaps are drawn from among them. */
const yearly = { exchanges: 25, flashOperations: 40, messages: 400 };
/** How many mishaps a year of each kind. */
const faultsYearly = 2;
const cutsYearly = 1;

const triesMaximum = 30;
const patienceMilliseconds = 20_000;
const patienceMaximumMilliseconds = 3_600_000;

/** What must be typed before a device finds its service, and asks for updates by itself. */
const setUp = [
	"set wlan.ssid " + network.ssid,
	'set wlan.passkey "' + network.passkey + '"',
	"set wlan.auto_join.enabled 1",
	"set dfu.poll_enabled 1",
	"save",
];

export class Unit {
	readonly #options: UnitOptions;
	readonly #state = new MemoryState();
	readonly #terminal: Terminal;
	readonly #power: Power;
	readonly #net: FaultyNetwork;
	#board: Board;
	#boards = 0;
	/** Of boards before this one. */
	#boots = 0;
	/** Of the service, once it has one. */
	uuid = "";

	constructor(options: UnitOptions) {
		const { clock, name, years, answer } = options;
		this.#options = options;
		this.#terminal = new Terminal(clock);
		const draw = drawFrom(seededRandom("mishaps of " + name));
		this.#power = new Power(cutsOf(draw, years));
		this.#net = new FaultyNetwork(clock, { ...unharmed, answer }, faultsOf(draw, years));
		this.#board = this.#makeBoard();
	}

	get board(): Board {
		return this.#board;
	}

	/** Faults of the network and cuts of power that have come. */
	get mishaps(): number {
		return this.#net.failures + this.#power.failures;
	}

	get boots(): number {
		return this.#boots + this.#board.boots;
	}

	get exchanges(): number {
		return this.#net.exchanges;
	}

	/** Of the board's MAC address, as the service has it. */
	get hardware(): string {
		return this.#board.mac.replaceAll(":", "");
	}

	get transcript(): string {
		return this.#terminal.transcript;
	}

	/** Its key, certificate and CA, as flash holds them; and the next pair while it renews. */
	get identity(): ReturnType<typeof identityIn> {
		return identityIn(this.#board);
	}

	async powerOff(): Promise<void> {
		await this.#board.powerOff();
		this.#terminal.transcript = this.#terminal.transcript.slice(-2000);
		this.#net.heard.length = 0;
	}

	/** What is in flash goes on on another board. */
	async swapBoard(): Promise<void> {
		await this.powerOff();
		this.#boots += this.#board.boots;
		this.#checkFaults();
		this.#state.write("mac.txt", Buffer.from(""));
		this.#board = this.#makeBoard();
	}

	/** No fault of the program but what was ordered. */
	checkFaults(): void {
		this.#checkFaults();
	}

	/** Types the lines that set it up, and these; again from the start until none fails. */
	async setUpAnd(...lines: readonly string[]): Promise<void> {
		await this.#insist(async () => {
			for (const line of [...setUp, ...lines]) {
				const answer = await this.type(line);
				if (/Command failed|\[Ready\]/.test(answer)) return false;
			}
			// A restart between two lines, as for an update, takes what was not saved.
			return (await this.type("get wlan.ssid")).endsWith(network.ssid);
		});
		// It asks for updates by itself from the next start on.
		await this.powerOff();
		this.#board.powerOn();
	}

	/** Types a line again and again, until the device answers so. */
	async typeUntil(line: string, wanted: RegExp): Promise<void> {
		await this.#insist(async () => wanted.test(await this.type(line)));
	}

	/** Resets it to factory settings: then it knows no network. */
	async resetToFactory(): Promise<void> {
		await this.#insist(async () => {
			if ((await this.type("get wlan.ssid")) === "") return true;
			const answer = await this.type("factory_reset " + this.#board.mac);
			if (!answer.includes("Command failed")) await this.#terminal.until("[Ready]\r\n> ");
			return false;
		});
	}

	/** Has it forget who it is, for good. */
	async forget(mac: string): Promise<void> {
		await this.#insist(async () => {
			if ((await this.type("get dms.provision.status")) === "0") return true;
			this.#terminal.send("dms_forget " + mac);
			await this.#terminal.until("[Ready]\r\n> ");
			return false;
		});
	}

	/** Types a line; the board is turned on before, if it is off. */
	async type(line: string): Promise<string> {
		if (!this.#board.isOn) await this.#terminal.powerOn();
		return this.#terminal.type(line);
	}

	/** The value of a variable, whatever happens meanwhile. */
	async valueOf(name: string): Promise<string> {
		let value = "";
		await this.#insist(async () => {
			const answer = await this.type("get " + name);
			value = answer.slice(answer.lastIndexOf("\n") + 1);
			return !answer.includes("[Ready]");
		});
		return value;
	}

	async #insist(act: () => Promise<boolean>): Promise<void> {
		const { clock } = this.#options;
		for (let tries = 0; tries < triesMaximum; tries++) {
			try {
				if (await act()) return;
				const wait = patienceMilliseconds * 2 ** tries;
				await clock.run(Math.min(wait, patienceMaximumMilliseconds));
			} catch (error) {
				if (!(error instanceof BoardIsOff)) throw error;
			}
		}
		assert.fail("a person has given up");
	}

	#checkFaults(): void {
		const own = this.#board.faults.filter((fault) => fault !== orderedFault);
		assert.deepEqual(own, [], "faults of the program");
	}

	#makeBoard(): Board {
		const { clock, name, image } = this.#options;
		const random = seededRandom(`${name}, board ${this.#boards++}`);
		const digits = Array.from(random(5), (byte) => byte.toString(16).padStart(2, "0"));
		this.#state.write("mac.txt", Buffer.from(["02", ...digits].join(":")));
		const board = openBoard({
			...{ state: this.#state, image, processor: "v8", networks: [network] },
			...{ clock, random, power: this.#power, transport: this.#net.transport },
			onOutput: this.#terminal.onOutput,
			extension: () => quickCrypto(random),
		});
		this.#terminal.join(board);
		return board;
	}
}

function cutsOf(draw: Draw, years: number): Occasion[] {
	return Array.from({ length: Math.ceil(cutsYearly * years) }, () => {
		const point = cutPoints[draw(cutPoints.length)] ?? "before";
		return draw(2) === 0
			? { kind: "flash", index: draw(yearly.flashOperations * years), point }
			: { kind: "message", index: draw(yearly.messages * years) };
	});
}

function faultsOf(draw: Draw, years: number): ReadonlyMap<number, ExchangeFault> {
	const faults = new Map<number, ExchangeFault>();
	for (let count = faultsYearly * years; count > 0; count--) {
		const exchange = draw(yearly.exchanges * years);
		faults.set(exchange, drawFault(draw, exchange, isOfAir));
	}
	return faults;
}

/** Those that need a service which can die are its operator's, and clocks are right here. */
function isOfAir(kind: string): boolean {
	return !/^killed|^service|clock|network lost/.test(kind);
}
