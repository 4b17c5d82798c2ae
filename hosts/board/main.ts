#!/usr/bin/env node
/** `opendms-board`, or `npm run board`: powers a virtual board alone. */

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { fromHex } from "../../src/encoding/bytes.js";
import { publicKeyLength } from "../../src/protocol/key.js";
import { isVersion } from "../../src/protocol/version.js";
import { version as libraryVersion } from "../../src/version.js";
import { runMain } from "../command/main-program.js";
import { buildImage } from "./build-image.js";
import { describe } from "./describe.js";
import { FaultReport } from "./fault-report.js";
import { openBoard, processorKind, watchdogMilliseconds } from "./open-board.js";
import type { Network } from "./radio.js";
import { type OnInput, ptyLine, type SerialLine, stdioLine, tcpLine } from "./serial-line.js";
import { ownState } from "./state-lock.js";

const usage = (invocation: string): string => `${invocation} [options]

  --state DIR                   where the board keeps its flash (default state/board)
  --network SSID:PASSKEY:RSSI   a network in the air, such as home:secret123:-60; repeatable
  --uart stdio|tcp:PORT|pty:LINK   where its serial line leads (default stdio)
  --app FILE                    the product maker's app, in TypeScript or compiled (default none)
  --firmware VERSION            what the image says it is (default: this package's version)
  --platform-key HEX            the publisher's public key: without it the board takes no update
  --write-image FILE            writes the image for a bundle, and ends
  --processor xs|v8             what runs the device program (default xs)
  --heap BYTES                  size of its heap in XS (default 49152)
  --describe                    prints its console's commands and variables as JSON, and ends
  --version, --help

Ctrl-] ends it. Its state is kept; start it again and it continues.`;

type Values = ReturnType<typeof readWords>;

/** Ends the board that runs: nothing does before there is one. */
let end: () => void = () => undefined;

await runMain({
	name: "opendms-board",
	scripts: ["board"],
	usage,
	onGone: () => end(),
	async run() {
		const values = readWords();
		const { describe: isDescribed, "write-image": file } = values;
		if (isDescribed) console.log(await describe(image(values), processorKind(values.processor)));
		else if (file !== undefined) writeFileSync(file, image(values));
		else await powerBoard(values);
	},
});

function readWords() {
	const { values } = parseArgs({
		options: {
			state: { type: "string", default: "state/board" },
			network: { type: "string", multiple: true, default: [] },
			uart: { type: "string", default: "stdio" },
			app: { type: "string" },
			firmware: { type: "string" },
			"platform-key": { type: "string" },
			"write-image": { type: "string" },
			processor: { type: "string", default: "xs" },
			heap: { type: "string" },
			describe: { type: "boolean", default: false },
		},
	});
	return values;
}

async function powerBoard(values: Values): Promise<void> {
	const report = new FaultReport({ say: (line) => console.error(line), onHopeless: () => fail() });
	const board = openBoard({
		state: ownState(values.state),
		image: image(values),
		processor: processorKind(values.processor),
		...(values.heap === undefined ? {} : { heapBytes: bytesOf(values.heap) }),
		networks: values.network.map(networkOf),
		turnMilliseconds: watchdogMilliseconds,
		onFault: report.onFault,
		onOutput: (bytes) => {
			report.onOutput();
			line.write(bytes);
		},
	});
	end = () => void board.powerOff();
	const fail = (reason?: string): void => {
		if (reason !== undefined) console.error(reason);
		process.exitCode = 1;
		end();
	};
	const onInput: OnInput = (bytes, onClear) => board.uart.input(bytes, onClear);
	const line = await openLine(values.uart, onInput, fail);
	process.on("SIGINT", end);
	process.on("SIGTERM", end);
	try {
		board.powerOn();
		const reason = await board.end;
		if (reason === "no image") fail("neither slot holds an image that can run");
	} finally {
		line.close();
	}
}

function image(values: Values): Uint8Array {
	const { app, firmware: version = libraryVersion } = values;
	if (!isVersion(version)) throw new Error("--firmware takes four numbers, such as 1.4.0.28");
	return buildImage({ app, version, platformKey: platformKeyOf(values["platform-key"]) });
}

function platformKeyOf(text: string | undefined): Uint8Array | undefined {
	if (text === undefined) return undefined;
	const key = fromHex(text);
	if (key?.length === publicKeyLength) return key;
	throw new Error("--platform-key takes what `opendms key show` prints");
}

async function openLine(
	text: string,
	onInput: OnInput,
	fail: (reason: string) => void,
): Promise<SerialLine> {
	const [kind, target = ""] = text.split(/:(.*)/s);
	if (kind === "stdio") return stdioLine(onInput, () => end());
	if (kind === "pty" && target !== "") return ptyLine(target, onInput, fail);
	if (kind === "tcp" && /^\d{1,5}$/.test(target) && Number(target) <= 0xffff) {
		const line = await tcpLine(Number(target), onInput);
		console.error("the board's serial line is at 127.0.0.1:" + line.port);
		return line;
	}
	throw new Error("--uart takes stdio, tcp:PORT or pty:LINK, such as tcp:5001");
}

function networkOf(text: string): Network {
	const [, ssid, passkey, rssi] = /^(.+):([^:]*):(-?\d+)$/.exec(text) ?? [];
	if (ssid === undefined || passkey === undefined || rssi === undefined) {
		throw new Error("--network takes SSID:PASSKEY:RSSI, such as home:secret123:-60");
	}
	return { ssid, passkey, rssi: Number(rssi) };
}

function bytesOf(text: string): number {
	if (/^\d+$/.test(text)) return Number(text);
	throw new Error("--heap takes a number of bytes, such as 49152");
}
