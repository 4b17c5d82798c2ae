/** `npm start`: a service, a virtual board, and you at the board's serial console. */

import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildImage } from "../hosts/board/build-image.js";
import { FaultReport } from "../hosts/board/fault-report.js";
import { openBoard, watchdogMilliseconds } from "../hosts/board/open-board.js";
import { stdioLine } from "../hosts/board/serial-line.js";
import type { State } from "../hosts/board/state.js";
import { ownState } from "../hosts/board/state-lock.js";
import { makeFolder } from "../hosts/command/folder.js";
import { runMain } from "../hosts/command/main-program.js";
import { fromHex } from "../src/encoding/bytes.js";
import { LocalService, textIn } from "./local-service.js";

const stateFolder = process.env.OPENDMS_STATE || "state";
/** Tokens carry the port, so it stays the same from start to start. */
const portText = process.env.OPENDMS_PORT || "8443";
const port = Number(portText);
const user = "demo";
const product = "ACME-LAMP";
const network = { ssid: "demo", passkey: "password", rssi: -50 };
const lamp = fileURLToPath(new URL("lamp/lamp.js", import.meta.url));

/** Ends the board that runs: nothing does before there is one. */
let end: () => void = () => undefined;

const usage = `npm start

A service, a virtual board, and you at the board's serial console. Ctrl-] ends it.

Environment:
  OPENDMS_STATE   the folder where everything is kept (default: state)
  OPENDMS_PORT    the service's port (default: 8443)`;

await runMain({
	name: "npm start",
	usage: () => usage,
	onGone: () => end(),
	async run() {
		parseArgs({ options: {} });
		if (!Number.isInteger(port) || port < 1 || port > 0xffff) {
			throw new Error("OPENDMS_PORT is a number from 1 to 65535, not " + portText + ".");
		}
		makeFolder(stateFolder);
		await start();
	},
});

/** The board's folder comes first: who has that runs all of this already. */
async function start(): Promise<void> {
	const elsewhere = "take another folder and port: OPENDMS_STATE=other OPENDMS_PORT=9443 npm start";
	const state = ownState(join(stateFolder, "board"), elsewhere);
	const logPath = join(stateFolder, "dms.log");
	const log = (line: string): void => appendFileSync(logPath, line + "\n");
	appendFileSync(logPath, ""); // Somebody may want to follow it before there is a request.
	const service = await LocalService.start(join(stateFolder, "dms"), port, log).catch(
		(error: unknown) => {
			const sentence = error instanceof Error ? error.message : String(error);
			if (!sentence.includes("in use")) throw error;
			throw new Error(`Port ${port} is in use. Take another: OPENDMS_PORT=9443 npm start`);
		},
	);
	try {
		await addUnlessThere(service, "user", user, []);
		const details = ["--title", "Lamp", "--platform", "board", "--owner", user];
		await addUnlessThere(service, "product", product, details);
		const publicKey = await platformKey(service);
		const provisioning = textIn(await service.run("token", "provision"), "token");
		const claim = textIn(await service.run("token", "claim", user), "token");
		console.log(
			`A DMS serves at ${service.address}; its log is ${logPath}. Its page: ${service.page}
A virtual board is on your terminal. Type, for example:

  set wlan.ssid ${network.ssid}
  set wlan.passkey ${network.passkey}
  save
  dms_provision ${provisioning}
  dms_claim ${claim}
  dms_activate ${product}

help lists all commands. Ctrl-] ends it; all state is kept in ${stateFolder}/.`,
		);
		await useBoard(state, publicKey, service);
	} finally {
		await service.stop();
	}
}

/** Resolves when the person at the terminal has had enough. */
async function useBoard(
	state: State,
	platformKey: Uint8Array,
	service: LocalService,
): Promise<void> {
	const onHopeless = (): void => {
		process.exitCode = 1;
		end();
	};
	const report = new FaultReport({ say: (line) => console.error(line), onHopeless });
	const board = openBoard({
		state,
		image: buildImage({ app: lamp, version: "0.1.0.0", platformKey }),
		networks: [network],
		turnMilliseconds: watchdogMilliseconds,
		onFault: report.onFault,
		onOutput: (bytes) => {
			report.onOutput();
			line.write(bytes);
		},
	});
	end = () => void board.powerOff();
	const line = stdioLine((bytes, onClear) => board.uart.input(bytes, onClear), end);
	process.on("SIGINT", end);
	process.on("SIGTERM", end);
	try {
		board.powerOn();
		await Promise.race([board.end, service.lost]);
	} finally {
		line.close();
		console.log();
		await board.powerOff();
	}
}

/** The board takes updates of whoever has the key beside its state. */
async function platformKey(service: LocalService): Promise<Uint8Array> {
	const keys = ["--keys", join(stateFolder, "publisher")];
	const isThere = existsSync(join(stateFolder, "publisher", "platform-board.key"));
	const shown = await service.run("key", isThere ? "show" : "platform", "board", ...keys);
	const key = fromHex(textIn(shown, "publicKey") ?? "");
	if (key === undefined) throw new Error("The publisher's key can't be read.");
	return key;
}

async function addUnlessThere(
	service: LocalService,
	kind: "user" | "product",
	name: string,
	details: readonly string[],
): Promise<void> {
	const present = await service.run(kind, "list");
	const names = Array.isArray(present)
		? present.map((one) => textIn(one, kind === "user" ? "name" : "code"))
		: [];
	if (!names.includes(name)) await service.run(kind, "add", name, ...details);
}
