/** With the Moddable SDK: the contract of every port holds in Moddable's simulator. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { buildSimulator, type Simulator } from "../../hosts/moddable/tools/simulator.js";
import { ScriptedServers } from "../board/outside.js";
import type { Offers, Question } from "../contract/remote.js";
import type { Outcome } from "../contract/row.js";
import { type PortName, tables } from "../contract/tables.js";
import { portOf } from "./relay.js";
import { Simulation, sdkOrReason } from "./simulation.js";

const sdk = sdkOrReason();
const skip = typeof sdk === "string" && sdk;

const manifest = fileURLToPath(new URL("../../../test/sdk/device/manifest.json", import.meta.url));
const output = fileURLToPath(new URL("../../moddable-contract", import.meta.url));
/** The machine's network needs no joining, and its power doesn't fail. */
const offers: Offers = { line: true, servers: true };
/** Rows wait in real time, each in a process of its own. */
const rowsAtOnce = 8;

/** Ports that this host has only stand-ins for. */
const missing: { readonly [port in PortName]?: string } = { ping: "no echo requests here yet" };

for (const port of Object.keys(tables) as PortName[]) {
	const isLeftOut = skip === false ? (missing[port] ?? false) : skip;
	test(`the contract of ${port} holds in the simulator`, { skip: isLeftOut }, async (context) => {
		const simulator = simulatorOf();
		const rows = [...tables[port].entries()];
		const play = async (): Promise<void> => {
			for (let next = rows.shift(); next !== undefined; next = rows.shift()) {
				const [index, row] = next;
				const { kind, why } = await new ContractSimulation(context, simulator, port, index).play();
				await context.test(row.name, { skip: kind === "not applicable" && kind }, () =>
					assert.equal(kind, "kept", why),
				);
			}
		};
		await Promise.all(Array.from({ length: rowsAtOnce }, play));
	});
}

let built: Simulator | undefined;

function simulatorOf(): Simulator {
	if (typeof sdk === "string") throw new Error(sdk);
	built ??= buildSimulator(sdk, { manifest, output }, "kept");
	return built;
}

class ContractSimulation {
	readonly #port: PortName;
	readonly #row: number;
	readonly #context: TestContext;
	readonly #simulator: Simulator;
	readonly #servers = new ScriptedServers();
	readonly #folder = mkdtempSync(join(tmpdir(), "opendms-"));
	#simulation: Simulation | undefined;
	#boots = 0;

	constructor(context: TestContext, simulator: Simulator, port: PortName, row: number) {
		this.#context = context;
		this.#simulator = simulator;
		this.#port = port;
		this.#row = row;
	}

	async play(): Promise<Outcome> {
		const channel = createServer();
		channel.listen(0, "127.0.0.1");
		await once(channel, "listening");
		writeFileSync(join(this.#folder, "channel"), String(portOf(channel)));
		try {
			const outcome = this.#outcomeOver(channel);
			this.#simulation = new Simulation(this.#context, this.#simulator, this.#folder);
			return await Promise.race([outcome, this.#simulation.ended()]);
		} catch (error) {
			return { kind: "broken", why: String(error) };
		} finally {
			channel.close();
			this.#servers.close();
			await this.#simulation?.end();
			rmSync(this.#folder, { recursive: true });
		}
	}

	/** Each boot of the simulator makes a connection of its own. */
	#outcomeOver(channel: Server): Promise<Outcome> {
		const { promise, resolve } = withResolvers<Outcome>();
		channel.on("connection", (socket: Socket) => {
			const hasReset = tables[this.#port][this.#row]?.afterReset !== undefined;
			const isAfterReset = ++this.#boots === 2;
			if (this.#boots > (hasReset ? 2 : 1)) {
				resolve({ kind: "broken", why: "the device was reset" });
			}
			const send = (value: unknown): boolean => socket.write(JSON.stringify(value) + "\n");
			socket.on("error", () => undefined); // The simulator has restarted.
			let received = "";
			socket.on("data", (bytes: Buffer) => {
				const lines = (received + bytes.toString("utf8")).split("\n");
				received = lines.pop() ?? "";
				for (const line of lines) {
					const message: Message = JSON.parse(line);
					if ("kind" in message) resolve(message);
					else {
						void this.#answer(message.question).then((answer) =>
							send({ id: message.id, answer: answer ?? null }),
						);
					}
				}
			});
			send({ assignment: { port: this.#port, row: this.#row, isAfterReset, offers } });
		});
		return promise;
	}

	async #answer(question: Question): Promise<unknown> {
		switch (question.what) {
			case "line.type":
				return this.#simulation?.input(Buffer.from(question.hex, "hex"));
			case "line.heard":
				return this.#simulation?.heard(question.byteLength);
			case "server.start":
				return this.#servers.start(question.script);
			case "server.requests":
				return this.#servers.requests(question.port);
			case "server.closed":
				return this.#servers.closed(question.port);
			default:
				throw new Error(question.what + " is not offered");
		}
	}
}

type Message = Outcome | { readonly id: number; readonly question: Question };

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
	let resolve: (value: T) => void = () => undefined;
	const promise = new Promise<T>((fulfil) => (resolve = fulfil));
	return { promise, resolve };
}
