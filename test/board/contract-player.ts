/** Plays rows of the contract on a board, each on a board of its own, on virtual time. */

import { fileURLToPath } from "node:url";
import { Board } from "../../hosts/board/board.js";
import { programImage } from "../../hosts/board/boot.js";
import { buildProgram } from "../../hosts/board/build-image.js";
import { VirtualClock } from "../../hosts/board/clock.js";
import { type Internet, nodeInternet } from "../../hosts/board/internet.js";
import { heapBytesDefault } from "../../hosts/board/open-board.js";
import { numberOf, type Operations, type Post, textOf } from "../../hosts/board/operations.js";
import { type CutPoint, Power } from "../../hosts/board/power.js";
import { realRandom } from "../../hosts/board/random.js";
import { MemoryState } from "../../hosts/board/state.js";
import { nodeTransport, type Transport } from "../../hosts/board/transport.js";
import { V8Processor } from "../../hosts/board/v8-processor.js";
import { XsProcessor } from "../../hosts/board/xs/xs-processor.js";
import type { Assignment } from "../contract/assignment.js";
import type { Offers, Question } from "../contract/remote.js";
import type { Outcome } from "../contract/row.js";
import { type PortName, tables } from "../contract/tables.js";
import { ScriptedServers } from "./outside.js";

const network = { SSID: "contract", password: "correct horse" };
/** Every row of a board's can be played. */
export const allOffers: Offers = { line: true, network, servers: true, power: true, storage: true };

const image = buildProgram(
	fileURLToPath(new URL("../contract/main.js", import.meta.url)),
	"1.2.3.4",
);
/** This machine's own network, as far as it doesn't lead outside. */
const loopback: Internet = {
	addressOf: async (host) =>
		host === "localhost" || host === "127.0.0.1" ? nodeInternet.addressOf(host) : undefined,
	isThere: async (address) => address === "127.0.0.1" && nodeInternet.isThere(address),
};
/** What a data sheet gives for a sector of 4 KB, typically. */
const eraseMilliseconds = 45;
/** Of real time: the network of this machine has failed us by then. */
const limitMilliseconds = 60_000;

const processors = {
	XS: () => new XsProcessor({ heapBytes: heapBytesDefault }),
	V8: () => new V8Processor(),
};
export type ProcessorName = keyof typeof processors;

export interface Setting {
	readonly processor: ProcessorName;
	readonly offers?: Offers;
	/** Name of the wrong implementation that stands before the board's. */
	readonly wrong?: string;
	/** Where a write is cut, in rows that ask for it. */
	readonly cutPoint?: CutPoint;
}

export function playRow(port: PortName, row: number, setting: Setting): Promise<Outcome> {
	return new ContractBoard(port, row, setting).play();
}

/** Power that fails when somebody asks for it. */
class FailingPower extends Power {
	next: CutPoint | undefined;
	isReadFailing = false;

	override flashOperation(): CutPoint | undefined {
		const { next } = this;
		this.next = undefined;
		return next ?? super.flashOperation();
	}

	override read(): "fails" | "rots" | undefined {
		return this.isReadFailing ? "fails" : super.read();
	}
}

class ContractBoard {
	readonly #port: PortName;
	readonly #row: number;
	readonly #setting: Setting;
	readonly #clock = new VirtualClock();
	readonly #power = new FailingPower();
	readonly #servers = new ScriptedServers();
	readonly #board: Board;
	#boots = 0;
	#outcome: Outcome | undefined;
	#heard = Buffer.alloc(0);
	#onHeard: () => void = () => undefined;

	constructor(port: PortName, row: number, setting: Setting) {
		this.#port = port;
		this.#row = row;
		this.#setting = setting;
		const state = new MemoryState();
		programImage(state, image);
		this.#board = new Board({
			processor: processors[setting.processor],
			state,
			clock: this.#clock,
			random: realRandom,
			networks: [{ ssid: network.SSID, passkey: network.password, rssi: -60 }],
			transport: this.#transport,
			internet: loopback,
			onOutput: (bytes) => {
				this.#heard = Buffer.concat([this.#heard, bytes]);
				this.#onHeard();
			},
			power: this.#power,
			eraseMilliseconds,
			extension: (post) => this.#extension(post),
		});
	}

	async play(): Promise<Outcome> {
		let isLate = false;
		const limit = setTimeout(() => (isLate = true), limitMilliseconds);
		try {
			while (this.#outcome === undefined && !isLate) {
				await this.#board.powerOff();
				this.#board.powerOn();
				await this.#clock.runUntil(
					() => this.#outcome !== undefined || !this.#board.isOn || isLate,
				);
			}
		} catch (error) {
			this.#end({ kind: "broken", why: String(error) });
		} finally {
			clearTimeout(limit);
			this.#servers.close();
			await this.#board.powerOff();
		}
		const why = "it did not come to an end, " + this.#lastFault;
		return this.#outcome ?? { kind: "broken", why };
	}

	get #lastFault(): string {
		const fault = this.#board.faults.at(-1);
		return fault === undefined ? "without a fault" : fault.reason + ": " + fault.message;
	}

	#end(outcome: Outcome): void {
		this.#outcome ??= outcome;
	}

	#extension(post: Post): Operations {
		return {
			"contract.assignment": () => JSON.stringify(this.#assignment()),
			"contract.ask": (id, question) => {
				void this.#answer(JSON.parse(textOf(question)) as Question).then((answer) =>
					post("contract", numberOf(id), JSON.stringify(answer ?? null)),
				);
				return undefined;
			},
			"contract.end": (kind, why) => {
				const isKept = kind === "kept" && !this.#isResetMissing;
				const isBroken = !isKept && kind !== "not applicable";
				this.#end({
					kind: isBroken ? "broken" : isKept ? "kept" : "not applicable",
					why: isBroken && kind === "kept" ? "no reset came" : textOf(why),
				});
				return undefined;
			},
		};
	}

	get #isResetMissing(): boolean {
		return tables[this.#port][this.#row]?.afterReset !== undefined && this.#boots < 2;
	}

	#assignment(): Assignment {
		const isAfterReset = ++this.#boots === 2;
		const expected = tables[this.#port][this.#row]?.afterReset === undefined ? 1 : 2;
		if (this.#boots > expected) {
			this.#end({ kind: "broken", why: "the device was reset, " + this.#lastFault });
		}
		const { offers = allOffers, wrong } = this.#setting;
		return {
			port: this.#port,
			row: this.#row,
			isAfterReset,
			offers,
			...(wrong === undefined ? {} : { wrong }),
		};
	}

	async #answer(question: Question): Promise<unknown> {
		const release = question.what.startsWith("server.") ? this.#clock.hold() : () => undefined;
		try {
			switch (question.what) {
				case "line.type":
					return this.#board.uart.input(Buffer.from(question.hex, "hex"));
				case "line.heard":
					while (this.#heard.length < question.byteLength) {
						await new Promise<void>((resolve) => (this.#onHeard = resolve));
					}
					return this.#heard.subarray(0, question.byteLength).toString("hex");
				case "air.vanish":
					return this.#board.radio.drop();
				case "air.takeAddress":
					return this.#board.radio.loseAddress();
				case "air.behave":
					this.#board.radio.isBusy = question.mood === "busy";
					this.#board.radio.isSilent = question.mood === "silent";
					this.#board.radio.isAddressless = question.mood === "addressless";
					return undefined;
				case "air.add":
					for (const name of question.names) {
						const ssid = Buffer.from(name, "hex");
						this.#board.radio.networks.push({ ssid, passkey: "", rssi: -70 });
					}
					return undefined;
				case "power.failAtNextWrite":
					this.#power.next = this.#setting.cutPoint ?? "middle";
					return undefined;
				case "storage.spoil":
					this.#board.nvs.isUnusable = true;
					return undefined;
				case "storage.failReads":
					this.#power.isReadFailing = question.isFailing;
					return undefined;
				case "server.start":
					return await this.#servers.start(question.script);
				case "server.requests":
					return this.#servers.requests(question.port);
				default:
					return await this.#servers.closed(question.port);
			}
		} finally {
			release();
		}
	}

	/** Time stands still while a request is on this machine's network. */
	readonly #transport: Transport = (request, events) => {
		const release = this.#clock.hold();
		const ended =
			(act: () => void): (() => void) =>
			() => {
				release();
				act();
			};
		const { onEnd, onError } = events;
		const outgoing = nodeTransport(request, {
			...events,
			onEnd: ended(() => onEnd.call(events)),
			onError: ended(() => onError.call(events)),
		});
		return { write: (bytes) => outgoing.write(bytes), close: ended(() => outgoing.close()) };
	};
}
