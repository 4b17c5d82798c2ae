#!/usr/bin/env node
/** `npm run board`: powers a virtual board alone. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fromHex } from "../../src/encoding/bytes.js";
import { publicKeyLength } from "../../src/protocol/key.js";
import { isVersion } from "../../src/protocol/version.js";
import { buildImage } from "./build-image.js";
import { describe } from "./describe.js";
import { openBoard, type ProcessorKind } from "./open-board.js";
import type { Network } from "./radio.js";
import { ptyLine, type SerialLine, stdioLine, tcpLine } from "./serial-line.js";
import { FolderState } from "./state.js";

const usage = `npm run board -- [options]

  --state DIR                   where the board keeps its flash (default state/board)
  --network SSID:PASSKEY:RSSI   a network in the air, such as home:secret123:-60; repeatable
  --uart stdio|tcp:PORT|pty:LINK   where its serial line leads (default stdio)
  --app FILE                    the product maker's app, in TypeScript or compiled (default none)
  --firmware VERSION            what the image says it is (default: this package's version)
  --platform-key HEX            the publisher's public key: without it the board takes no update
  --write-image FILE            writes the image for a bundle, and ends
  --processor xs|v8             what runs the device program (default xs)
  --heap BYTES                  size of its heap in XS (default 49152; twice that with 64 bits)
  --describe                    prints its console's commands and variables as JSON, and ends
  --help

Ctrl-] ends it. Its state is kept; start it again and it continues.`;

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
		help: { type: "boolean", default: false },
	},
});

if (values.help) {
	console.log(usage);
} else {
	try {
		const { describe: isDescribed, "write-image": file } = values;
		if (isDescribed) console.log(await describe(image(), processorKind(values.processor)));
		else if (file !== undefined) writeFileSync(file, image());
		else await powerBoard();
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 1;
	}
}

async function powerBoard(): Promise<void> {
	const board = openBoard({
		state: new FolderState(values.state),
		image: image(),
		processor: processorKind(values.processor),
		...(values.heap === undefined ? {} : { heapBytes: bytesOf(values.heap) }),
		networks: values.network.map(networkOf),
		onOutput: (bytes) => line.write(bytes),
	});
	const onInput = (bytes: Uint8Array): void => board.uart.input(bytes);
	const end = async (): Promise<void> => {
		await board.powerOff();
		line.close();
	};
	const line = await openLine(values.uart, onInput, () => void end());
	process.on("SIGINT", () => void end());
	process.on("SIGTERM", () => void end());
	board.powerOn();
	const reason = await board.end;
	if (reason === "no image") console.error("neither slot holds an image that can run");
	line.close();
}

function image(): Uint8Array {
	const { app, firmware: version = firmwareVersion() } = values;
	if (!isVersion(version)) throw new Error("--firmware takes four numbers, such as 1.4.0.28");
	return buildImage({ app, version, platformKey: platformKey() });
}

function platformKey(): Uint8Array | undefined {
	const text = values["platform-key"];
	if (text === undefined) return undefined;
	const key = fromHex(text);
	if (key?.length === publicKeyLength) return key;
	throw new Error("--platform-key takes what `opendms key show` prints");
}

async function openLine(
	text: string,
	onInput: (bytes: Uint8Array) => void,
	onEnd: () => void,
): Promise<SerialLine> {
	const [kind, target = ""] = text.split(/:(.*)/s);
	if (kind === "stdio") return stdioLine(onInput, onEnd);
	if (kind === "pty" && target !== "") return ptyLine(target, onInput);
	if (kind === "tcp" && /^\d+$/.test(target)) {
		const line = await tcpLine(Number(target), onInput);
		console.error("the board's serial line is at 127.0.0.1:" + line.port);
		return line;
	}
	throw new Error("--uart takes stdio, tcp:PORT or pty:LINK");
}

function networkOf(text: string): Network {
	const [, ssid, passkey, rssi] = /^(.+):([^:]*):(-?\d+)$/.exec(text) ?? [];
	if (ssid === undefined || passkey === undefined || rssi === undefined) {
		throw new Error("--network takes SSID:PASSKEY:RSSI, such as home:secret123:-60");
	}
	return { ssid, passkey, rssi: Number(rssi) };
}

function processorKind(text: string): ProcessorKind {
	if (text === "xs" || text === "v8") return text;
	throw new Error("--processor takes xs or v8");
}

function bytesOf(text: string): number {
	if (/^\d+$/.test(text)) return Number(text);
	throw new Error("--heap takes a number of bytes, such as 49152");
}

/** The package's version, with the fourth number that a firmware's has. */
function firmwareVersion(): string {
	const path = fileURLToPath(new URL("../../../package.json", import.meta.url));
	const { version }: { version?: unknown } = JSON.parse(readFileSync(path, "utf8"));
	return String(version) + ".0";
}
