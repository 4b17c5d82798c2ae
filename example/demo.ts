/** `npm run demo`: the whole journey unattended, over real TLS, on the real engine. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";
import type { Board } from "../hosts/board/board.js";
import { FaultReport } from "../hosts/board/fault-report.js";
import { openBoard } from "../hosts/board/open-board.js";
import { MemoryState } from "../hosts/board/state.js";
import { runMain } from "../hosts/command/main-program.js";
import { freePort, LocalService, textIn } from "./local-service.js";
import { ScriptedUser } from "./scripted-user.js";
import { Publisher } from "./publisher.js";
import { DfuStatus } from "../src/update/status.js";

const user = "demo";
const product = "ACME-LAMP";
const network = { ssid: "demo", passkey: "password", rssi: -50 };
const appOf = (name: string): string =>
	fileURLToPath(new URL("lamp/" + name + ".js", import.meta.url));
const newVersion = "0.2.0.0";
const brokenVersion = "0.3.0.0";
/** An image that crashes is started so often. */
const trialsMaximum = 3;

interface Step {
	readonly name: string;
	readonly ok: boolean;
	readonly milliseconds: number;
	/** To the service, hello apart. */
	readonly requests: number;
	readonly flashWrites: number;
	readonly flashDeletes: number;
	/** Of an update: records, and the boot ROM's notes of which slot is next. */
	readonly stateWrites?: number;
}

const usage = `npm run demo -- [options]

The whole journey of a device unattended: provisioned, claimed, activated, updated, and one update
that is no good.

  --json   ends with one line of measured values; what is typed goes to standard error
  --help`;

const isJson = process.argv.includes("--json");
const folder = mkdtempSync(join(tmpdir(), "opendms-demo-"));

await runMain({
	name: "npm run demo --",
	usage: () => usage,
	async run() {
		parseArgs({ options: { json: { type: "boolean" } } });
		const data = join(folder, "dms");
		const service = await LocalService.start(data, await freePort(), () => undefined);
		try {
			const result = await journey(service);
			if (isJson) process.stdout.write(JSON.stringify(result) + "\n");
			else say("\n" + table(result.steps) + "\n");
			process.exitCode = result.ok ? 0 : 1;
		} finally {
			await service.stop();
		}
	},
});
rmSync(folder, { recursive: true });

/** What the device says: without a terminal, without what moves a terminal's cursor. */
function say(text: string): void {
	const output = isJson ? process.stderr : process.stdout;
	output.write(output.isTTY ? text : stripVTControlCharacters(text).replaceAll("\r", ""));
}

async function journey(service: LocalService) {
	await service.run("user", "add", user);
	const details = ["--title", "Lamp", "--platform", "board", "--owner", user];
	await service.run("product", "add", product, ...details);
	const provisioning = textIn(await service.run("token", "provision"), "token");
	const claim = textIn(await service.run("token", "claim", user), "token");
	const publisher = new Publisher(service, product, folder);
	await publisher.makeKeys();
	const person = new ScriptedUser(say);
	const report = new FaultReport({
		say: (line) => console.error(line),
		onHopeless: () => undefined,
	});
	const board = openBoard({
		state: new MemoryState(),
		image: publisher.image(appOf("lamp"), "0.1.0.0"),
		networks: [network],
		onFault: report.onFault,
		onOutput: person.listen,
	});
	service.lost.catch((error) => person.interrupt(error));
	try {
		return await playAll({ board, person, publisher, service, provisioning, claim });
	} finally {
		await board.powerOff(); // Its timers would keep the process.
	}
}

interface Cast {
	readonly board: Board;
	readonly person: ScriptedUser;
	readonly publisher: Publisher;
	readonly service: LocalService;
	/** Tokens. */
	readonly provisioning: string | undefined;
	readonly claim: string | undefined;
}

async function playAll({ board, person, publisher, service, provisioning, claim }: Cast) {
	await person.powerOn(board);
	await person.type("set wlan.ssid " + network.ssid);
	await person.type("set wlan.passkey " + network.passkey);
	await person.type("save");
	await person.type("network_up");
	const steps = [
		await step(board, person, "provision", "dms_provision " + provisioning),
		await step(board, person, "provisionAgain", "dms_provision"),
		await step(board, person, "claim", "dms_claim " + claim),
		await step(board, person, "activate", "dms_activate " + product),
	];
	const uuid = await person.type("get system.uuid");
	await publisher.release(appOf("next"), newVersion);
	steps.push(await measured(board, "update", () => update(person, uuid)));
	await person.type("lamp on");
	const isDimmed = (await person.type("dim 30")).includes("70 percent");
	await publisher.release(appOf("broken"), brokenVersion);
	steps.push(await measured(board, "revert", () => revert(board, person, uuid)));
	const status = Number(await person.type("get dms.provision.status"));
	const device = await service.run("device", "show", uuid);
	const slotBytes = (await board.meters())?.slotBytes ?? 0;
	const isActive = textIn(device, "owner") === user && textIn(device, "product") === product;
	const ok = steps.every((one) => one.ok) && status === 3 && isActive && isDimmed;
	return { ok, processor: "xs", slotBytes, status, product: textIn(device, "product"), steps };
}

/** Types one line and measures what it takes. */
async function step(board: Board, person: ScriptedUser, name: string, line: string): Promise<Step> {
	const isGood = async (): Promise<boolean> =>
		!(await person.type(line)).includes("Command failed");
	const { stateWrites, ...rest } = await measured(board, name, isGood);
	return rest;
}

/** What an act takes of the board. */
async function measured(board: Board, name: string, act: () => Promise<boolean>): Promise<Step> {
	const requests = board.radio.requests.length;
	const { writes, deletes } = board.nvs;
	const bootWrites = board.boot.writes;
	const begin = performance.now();
	const ok = await act();
	const made = board.radio.requests.slice(requests);
	return {
		name,
		ok,
		milliseconds: Math.round(performance.now() - begin),
		requests: made.filter((request) => !request.includes("/hello")).length,
		flashWrites: board.nvs.writes - writes,
		flashDeletes: board.nvs.deletes - deletes,
		stateWrites: board.nvs.writes - writes + (board.boot.writes - bootWrites),
	};
}

/** Gets the new version, and sees that it is the same device. */
async function update(person: ScriptedUser, uuid: string): Promise<boolean> {
	const updated = "[Updated to " + newVersion + "]";
	const isOver = (heard: string): boolean =>
		heard.includes(updated) || heard.includes("Command failed");
	const heard = await person.typeUntil("dfu_update", isOver);
	const isSame = (await person.type("get system.uuid")) === uuid;
	return heard.includes(updated) && isSame && (await person.type("get dfu.status")) === "1";
}

/** Gets a version that is no good; the board comes back with the one before, and says why. */
async function revert(board: Board, person: ScriptedUser, uuid: string): Promise<boolean> {
	for (let trials = 0; trials < trialsMaximum; trials++) {
		const { boots } = board;
		await person.typeUntil("dfu_update", () => board.boots === boots + 2);
	}
	const isSame = (await person.type("get system.uuid")) === uuid;
	const isKept = (await person.type("get lamp.level")) === "70";
	const isOld = (await person.type("version")).includes(newVersion);
	const status = await person.type("get dfu.status");
	return isSame && isKept && isOld && status === String(DfuStatus.TrialCrashed);
}

function table(steps: readonly Step[]): string {
	const rows = steps.map(({ name, ok, milliseconds, requests, flashWrites }) =>
		[
			name,
			ok ? "ok" : "failed",
			milliseconds + " ms",
			requests + " requests",
			flashWrites + " writes",
		]
			.map((cell) => cell.padEnd(16))
			.join("")
			.trimEnd(),
	);
	return rows.join("\n");
}
