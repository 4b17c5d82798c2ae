/** `npm run demo`: the whole journey unattended, over real TLS, on the real engine. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Board } from "../hosts/board/board.js";
import { buildImage } from "../hosts/board/build-image.js";
import { openBoard } from "../hosts/board/open-board.js";
import { MemoryState } from "../hosts/board/state.js";
import { freePort, LocalService, textIn } from "./local-service.js";
import { Person } from "./person.js";

const user = "demo";
const product = "ACME-LAMP";
const network = { ssid: "demo", passkey: "password", rssi: -50 };
const lamp = fileURLToPath(new URL("lamp/lamp.js", import.meta.url));

interface Step {
	readonly name: string;
	readonly ok: boolean;
	readonly milliseconds: number;
	/** To the service, hello apart. */
	readonly requests: number;
	readonly flashWrites: number;
	readonly flashDeletes: number;
}

const isJson = process.argv.includes("--json");
const folder = mkdtempSync(join(tmpdir(), "opendms-demo-"));
const say = (text: string): void => void (isJson ? process.stderr : process.stdout).write(text);

try {
	const service = await LocalService.start(join(folder, "dms"), await freePort(), () => undefined);
	try {
		const result = await journey(service);
		if (isJson) process.stdout.write(JSON.stringify(result) + "\n");
		else say("\n" + table(result.steps) + "\n");
		process.exitCode = result.ok ? 0 : 1;
	} finally {
		await service.stop();
	}
} finally {
	rmSync(folder, { recursive: true });
}

async function journey(service: LocalService) {
	await service.run("user", "add", user);
	const details = ["--title", "Lamp", "--platform", "board", "--owner", user];
	await service.run("product", "add", product, ...details);
	const provisioning = textIn(await service.run("token", "provision"), "token");
	const claim = textIn(await service.run("token", "claim", user), "token");
	const person = new Person(say);
	const board = openBoard({
		state: new MemoryState(),
		image: buildImage({ app: lamp, version: "0.1.0.0" }),
		networks: [network],
		onOutput: person.listen,
	});
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
	const status = Number(await person.type("get dms.provision.status"));
	const uuid = await person.type("get system.uuid");
	const device = await service.run("device", "show", uuid);
	const slotBytes = (await board.meters())?.slotBytes ?? 0;
	await board.powerOff();
	const isActive = textIn(device, "owner") === user && textIn(device, "product") === product;
	const ok = steps.every((one) => one.ok) && status === 3 && isActive;
	return { ok, processor: "xs", slotBytes, status, product: textIn(device, "product"), steps };
}

/** Types one line and measures what it takes. */
async function step(board: Board, person: Person, name: string, line: string): Promise<Step> {
	const requests = board.radio.requests.length;
	const { writes, deletes } = board.nvs;
	const begin = performance.now();
	const answer = await person.type(line);
	const made = board.radio.requests.slice(requests);
	return {
		name,
		ok: !answer.includes("Command failed"),
		milliseconds: Math.round(performance.now() - begin),
		requests: made.filter((request) => !request.includes("/hello")).length,
		flashWrites: board.nvs.writes - writes,
		flashDeletes: board.nvs.deletes - deletes,
	};
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
