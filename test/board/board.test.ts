/** The board around the processor: resets, faults, time, and its serial line to other programs. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { VirtualClock } from "../../hosts/board/clock.js";
import { seededRandom } from "../../hosts/board/random.js";
import { PowerLoss } from "../../hosts/board/power.js";
import { freePort } from "../../example/local-service.js";
import { inWorld } from "../journey/world.js";
import { noPty } from "../process/device.js";
import { encodedProgram } from "./image.js";
import { toolScript } from "../../example/tool-script.js";

const faultyApp = fileURLToPath(new URL("../device/faulty-app.js", import.meta.url));
const faultyImage = buildImage({ app: faultyApp, version: "0.1.0.0" });
const main = toolScript("opendms-board");

/** A board of its own process, with its state in a folder that goes with the test. */
function power(
	context: TestContext,
	...options: string[]
): { child: ChildProcess; folder: string } {
	const folder = mkdtempSync(join(tmpdir(), "opendms-board-"));
	const words = [
		main,
		"--state",
		join(folder, "state"),
		...options.map((one) => one.replace("FOLDER", folder)),
	];
	const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "pipe"] });
	context.after(async () => {
		child.kill("SIGTERM");
		if (child.exitCode === null) await once(child, "exit");
		rmSync(folder, { recursive: true });
	});
	return { child, folder };
}

/** Resolves with what was read when there is a match for `pattern` in it. */
async function readUntil(readable: Readable | null, pattern: RegExp): Promise<string> {
	let text = "";
	for await (const bytes of readable ?? []) {
		text += String(bytes);
		if (pattern.test(text)) return text;
	}
	throw new Error("it ended with " + JSON.stringify(text));
}

for (const processor of ["v8", "xs"] as const) {
	test("a reset brings back what was saved, and nothing else, on " + processor, async () => {
		await inWorld({ processor }, async ({ terminal, board }) => {
			await terminal.powerOn();
			await terminal.type("set wlan.ssid kept");
			await terminal.type("save");
			await terminal.type("set wlan.ssid lost");
			await terminal.type("reboot");
			await terminal.until("[Ready]\r\n> ");
			assert.equal(await terminal.type("get wlan.ssid"), "kept");
			assert.deepEqual([board.boots, board.faults], [2, []]);
		});
	});

	test("what no code expects is a fault, and the board starts again, on " + processor, async () => {
		await inWorld({ processor, image: faultyImage }, async ({ terminal, board }) => {
			await terminal.powerOn();
			for (const where of ["command", "timer", "promise"]) {
				terminal.send("fault " + where);
				await terminal.until("[Ready]\r\n> ");
				assert.match(await terminal.type("version"), /OPENDMS/);
			}
			assert.equal(board.faults.length, 3);
			for (const { reason, message } of board.faults) {
				assert.equal(reason, "unhandled exception");
				assert.match(message, /TypeError: nobody expects this/);
			}
		});
	});

	test(
		"a factory reset needs the device's own MAC and wipes the settings, on " + processor,
		async () => {
			await inWorld({ processor }, async ({ terminal, board }) => {
				await terminal.powerOn();
				await terminal.type("set wlan.ssid kept");
				await terminal.type("save");
				const mac = await terminal.type("get wlan.mac");
				assert.match(await terminal.type("factory_reset 00:00:00:00:00:00"), /Confirm with .*MAC/);
				assert.equal(await terminal.type("get wlan.ssid"), "kept");
				await terminal.type("factory_reset " + mac);
				await terminal.until("[Ready]\r\n> ");
				assert.equal(await terminal.type("get wlan.ssid"), "");
				assert.equal(board.nvs.read("opendms", "settings.a")?.length, 9);
				assert.equal(board.nvs.read("opendms", "settings.b")?.length, 9);
			});
		},
	);
}

/** What of the chip's memory runs out, and what XS calls that. */
const ends: Readonly<Record<string, string>> = {
	memory: "memory full",
	stack: "stack overflow",
	keys: "not enough keys",
};

test("a board whose machine ends starts again, counts the fault and names it", async () => {
	await inWorld({ processor: "xs", image: faultyImage }, async ({ terminal, board }) => {
		await terminal.powerOn();
		await terminal.type("set wlan.ssid kept");
		await terminal.type("save");
		for (const where of Object.keys(ends)) {
			terminal.send("fault " + where);
			await terminal.until("[Ready]\r\n> ");
			assert.equal(await terminal.type("get wlan.ssid"), "kept");
		}
		const reasons = board.faults.map((fault) => fault.reason);
		assert.deepEqual(reasons, Object.values(ends));
		assert.equal(board.boots, 1 + reasons.length);
	});
});

for (const processor of ["v8", "xs"] as const) {
	test("a program that faults at its start lets time pass, on " + processor, async () => {
		const image = encodedProgram("export default () => { throw new Error('at once'); };");
		await inWorld({ processor, image }, async ({ board, clock }) => {
			board.powerOn();
			await clock.run(1000);
			assert.deepEqual([board.boots, board.faults.length, board.isOn], [4, 4, true]);
			await board.powerOff();
			await clock.run(1000);
			assert.equal(board.boots, 4);
		});
	});
}

test("nobody waits for a look into a board that is off", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal, board }) => {
		await assert.rejects(board.meters(), PowerLoss);
		await terminal.powerOn();
		const end = board.powerOff();
		await assert.rejects(board.survey(), PowerLoss);
		await end;
	});
});

test("one can look at the machine's memory twice in a row while it waits", async () => {
	await inWorld({ processor: "xs" }, async ({ terminal, board }) => {
		await terminal.powerOn();
		const meters = await board.meters(true);
		const holdings = await board.survey();
		const slots = holdings.reduce((sum, holding) => sum + holding.slots, 0);
		assert.ok(slots > 0 && slots * (meters?.slotBytes ?? 0) <= (meters?.slotsUsedBytes ?? 0));
	});
});

test("a board that halts at a fault stays off", async () => {
	await inWorld({ processor: "v8", image: faultyImage, panic: "halt" }, async (world) => {
		const { terminal, board } = world;
		await terminal.powerOn();
		terminal.send("fault command");
		await world.clock.runUntil(() => !board.isOn);
		assert.equal(await board.end, "fault");
		assert.deepEqual([board.isOn, board.boots, board.faults.length], [false, 1, 1]);
	});
});

test("virtual time moves to the next appointment, and stands while one is busy", async () => {
	const clock = new VirtualClock(0);
	const order: string[] = [];
	clock.after(200, () => order.push("second"));
	clock.after(100, () => order.push("first"));
	clock.after(200, () => order.push("third"));
	const cancel = clock.after(150, () => order.push("never"));
	cancel();
	const release = clock.hold();
	setImmediate(() => {
		assert.deepEqual([clock.now(), order], [0, []]);
		release();
	});
	await clock.runUntil(() => order.length === 3);
	assert.deepEqual([clock.now(), order], [200, ["first", "second", "third"]]);
	await assert.rejects(
		clock.runUntil(() => false),
		/stands still/,
	);
});

test("nobody acts on virtual time while somebody is busy", async () => {
	const clock = new VirtualClock(0);
	const release = clock.hold();
	let isBusy = true;
	setImmediate(() => {
		isBusy = false;
		release();
	});
	await clock.runUntil(() => true);
	assert.equal(isBusy, false);
});

test("a seed repeats the same random bytes, and another gives others", () => {
	const bytes = (seed: number): string => Buffer.from(seededRandom(seed)(40)).toString("hex");
	assert.equal(bytes(1), bytes(1));
	assert.notEqual(bytes(1), bytes(2));
});

test("a board's serial line can be a TCP port", async (context) => {
	const port = await freePort();
	const { child } = power(context, "--uart", "tcp:" + port);
	await once(child.stderr ?? child, "data");
	const socket = connect(port, "127.0.0.1");
	socket.write("version\r");
	await readUntil(socket, /OPENDMS-CONSOLE-.*\r\n> $/);
	socket.destroy();
});

test("a board's serial line can be a pseudo-terminal", { skip: noPty }, async (context) => {
	const { child, folder } = power(context, "--uart", "pty:FOLDER/tty");
	const path = join(folder, "tty");
	while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
	const tty: FileHandle = await open(path, "r+");
	await tty.write("version\r");
	await readUntil(tty.createReadStream({ autoClose: false }), /OPENDMS-CONSOLE-.*\r\n> $/);
	child.kill("SIGTERM");
	await once(child, "exit");
	await tty.close();
});

test("a wrong option gets a sentence, not a stack", async (context) => {
	for (const [option, value] of [
		["--network", "nonsense"],
		["--uart", "carrier-pigeon"],
		["--processor", "z80"],
		["--heap", "lots"],
	] as const) {
		const { child } = power(context, option, value);
		const text = await readUntil(child.stderr, /\n$/);
		assert.match(text, new RegExp("^" + option + " takes "));
		await once(child, "exit");
		assert.equal(child.exitCode, 1);
	}
});
