/** A factory line in this process: a service, boards on serial lines, and a station. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort } from "../../example/local-service.js";
import type { Board } from "../../hosts/board/board.js";
import { buildImage } from "../../hosts/board/build-image.js";
import { openBoard } from "../../hosts/board/open-board.js";
import { tcpLine } from "../../hosts/board/serial-line.js";
import { MemoryState } from "../../hosts/board/state.js";
import type { NewBatch } from "../../hosts/dms/administration/batches.js";
import { listen } from "../../hosts/dms/listener/listener.js";
import { labelFormatOf } from "../../hosts/dms/station/label.js";
import type { Station } from "../../hosts/dms/station/make-board.js";
import { type BoardResult, runStation } from "../../hosts/dms/station/station.js";
import { type Bench, openBench } from "../dms/bench.js";
import { createClock } from "../dms/clock.js";

export const product = "ACME-HUB";
const network = { ssid: "factory", passkey: "correct horse", rssi: -50 };
export const setup = ["set wlan.ssid factory", 'set wlan.passkey "correct horse"'];
const image = buildImage({ version: "1.0.0.0" });

export interface Factory extends Bench {
	readonly folder: string;
	/** Where devices reach the service. */
	readonly address: string;
	/** Begins a batch, of ten boards unless it is said. */
	batch(changed?: Partial<NewBatch>): Promise<string>;
	/** A board on its serial line. */
	board(options?: BoardOptions): Promise<LineBoard>;
	/** One run of a station. */
	run(batch: string, ports: readonly string[], changed?: RunChanges): Promise<BoardResult[]>;
}

export interface BoardOptions {
	/** Blank: it says nothing before it is flashed. */
	readonly isBlank?: boolean;
	readonly state?: MemoryState;
	/** Hears each command that comes; what it returns as `true` never gets to the board. */
	readonly onCommand?: (command: string, board: LineBoard) => boolean | void;
	/** Hears each reply's first byte; `true` swallows it. */
	readonly onReply?: (board: LineBoard) => boolean | void;
}

export interface LineBoard {
	readonly port: string;
	readonly board: Board;
	/** As somebody who pulls the plug and puts it back. */
	restart(): void;
	/** As somebody who pulls its serial cable and puts it back. */
	replug(): void;
	powerOn(): void;
}

export type RunChanges = Partial<Station> & { readonly tries?: number };

export async function openFactory(context: TestContext): Promise<Factory> {
	const bench = await openBench(context, createClock(Date.now()));
	const { service } = bench;
	const folder = mkdtempSync(join(tmpdir(), "opendms-line-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const address = "localhost:" + (await freePort());
	await service.setAddresses([address]);
	const port = Number(address.split(":")[1]);
	const listener = await listen(service, { host: "127.0.0.1", port });
	context.after(() => listener.close());
	await service.products.add({ code: product, title: "Hub", platform: "board", owner: "alice" });
	return {
		...bench,
		...{ folder, address },
		async batch(changed) {
			const batch = await service.batches.add({ name: "b1", product, quota: 10, ...changed });
			return batch.name;
		},
		board: (options) => openLineBoard(context, options),
		async run(name, ports, { tries = 1, ...changed } = {}) {
			const { batches } = service;
			const station = { batches, batch: await batches.show(name), folder, setup };
			const { signal } = new AbortController();
			const label = labelFormatOf("text");
			const options = { ports, tries, pauseMilliseconds: 10, onResult: () => undefined };
			return runStation({ ...station, label, signal, ...changed }, options);
		},
	};
}

export async function openLineBoard(
	context: TestContext,
	{ isBlank = false, state = new MemoryState(), onCommand, onReply }: BoardOptions = {},
): Promise<LineBoard> {
	let typed = "";
	const onInput = (bytes: Uint8Array): void => {
		if (onCommand === undefined) return board.uart.input(bytes);
		typed += Buffer.from(bytes).toString();
		for (let end = typed.indexOf("\r\n"); end >= 0; end = typed.indexOf("\r\n")) {
			const command = typed.slice(0, end);
			typed = typed.slice(end + 2);
			if (onCommand(command, self) !== true) board.uart.input(Buffer.from(command + "\r\n"));
		}
	};
	let line = await tcpLine(0, onInput);
	const { port } = line;
	const board = openBoard({
		...{ state, image, processor: "v8", networks: [network] },
		onOutput: (bytes) => {
			if (onReply?.(self) !== true) line.write(bytes);
		},
	});
	/** Another process may have the port for a moment. */
	const plugIn = (): void => {
		const again = (): unknown => setTimeout(plugIn, 20).unref();
		tcpLine(port, onInput).then((plugged) => (line = plugged), again);
	};
	const self: LineBoard = {
		port: "tcp:127.0.0.1:" + port,
		board,
		restart: () => void board.powerOff().then(() => board.powerOn()),
		replug() {
			line.close();
			plugIn();
		},
		powerOn: () => board.powerOn(),
	};
	context.after(async () => {
		await board.powerOff();
		line.close();
	});
	if (!isBlank) board.powerOn();
	return self;
}
