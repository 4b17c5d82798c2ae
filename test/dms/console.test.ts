/** `opendms console` and its library, on a board's serial line: TCP, and a pseudo-terminal. */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { buildImage } from "../../hosts/board/build-image.js";
import { RealClock } from "../../hosts/board/clock.js";
import { openBoard } from "../../hosts/board/open-board.js";
import { ptyLine, type SerialLine, tcpLine } from "../../hosts/board/serial-line.js";
import { MemoryState } from "../../hosts/board/state.js";
import type { Line } from "../../hosts/dms/console/line.js";
import { DeviceConsole } from "../../hosts/dms/console/device-console.js";
import { closePort, lineOf, openPort } from "../../hosts/dms/console/port.js";
import { ReplyReader } from "../../hosts/dms/console/reply-reader.js";
import { noPty } from "../process/device.js";
import { createTool } from "./tool.js";

const image = buildImage({ version: "1.2.3.4" });

type OpenLine = (onInput: (bytes: Uint8Array) => void) => Promise<SerialLine>;

/** A board whose serial line is opened as asked, with nobody at it yet. */
async function powerBoard(context: TestContext, open: OpenLine): Promise<SerialLine> {
	const line = await open((bytes) => board.uart.input(bytes));
	const board = openBoard({
		state: new MemoryState(),
		image,
		processor: "v8",
		networks: [],
		clock: new RealClock(),
		onOutput: (bytes) => line.write(bytes),
	});
	context.after(async () => {
		await board.powerOff();
		line.close();
	});
	board.powerOn();
	return line;
}

async function boardAtPort(context: TestContext): Promise<string> {
	let port = 0;
	await powerBoard(context, async (onInput) => {
		const line = await tcpLine(0, onInput);
		({ port } = line);
		return line;
	});
	return "tcp:127.0.0.1:" + port;
}

test("replies are found among echo, logs and noise, however they come", () => {
	const bytes = Buffer.from(
		"\xff[Ready]\r\nR000008\r\nSet OK\r\nR300017\r\nUnknown command\r\n",
		"latin1",
	);
	for (let cut = 0; cut <= bytes.length; cut++) {
		const reader = new ReplyReader();
		const replies = [];
		for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
			reader.push(part);
			for (let reply = reader.take(); reply; reply = reader.take()) replies.push(reply);
		}
		assert.deepEqual(replies, [
			{ code: 0, text: "Set OK" },
			{ code: 3, text: "Unknown command" },
		]);
	}
});

test("the library runs commands, and leaves the format as it was", async (context) => {
	const place = await boardAtPort(context);
	for (let count = 0; count < 2; count++) {
		const device = await DeviceConsole.open(lineOf(await openPort(place)));
		assert.match((await device.run("version")).text, /-1\.2\.3\.4, /);
		assert.deepEqual(await device.run("get dms.provision.status"), { code: 0, text: "0" });
		assert.equal((await device.run("no_such_command")).code, 3);
		assert.equal((await device.run("get")).code, 4);
		await device.close();
	}
	const device = await DeviceConsole.open(lineOf(await openPort(place)));
	assert.equal((await device.run("set wlan.ssid demo")).text, "Set OK");
	assert.equal((await device.run("save")).code, 0);
	assert.equal((await device.run("reboot")).code, 0);
	assert.deepEqual(await device.run("get wlan.ssid"), { code: 0, text: "demo" });
	await device.close();
});

test("what a program saves, it doesn't save the machine format with", async (context) => {
	const place = await boardAtPort(context);
	const device = await DeviceConsole.open(lineOf(await openPort(place)));
	await device.run("set wlan.ssid demo");
	assert.deepEqual(await device.run("save"), { code: 0, text: "Success" });
	assert.deepEqual(await device.run("get wlan.ssid"), { code: 0, text: "demo" });
	const long = await device.run("save " + "x".repeat(33));
	assert.equal(long.code, 1);
	assert.match(long.text, /^[A-Z].*\r\n.+/, "why it has failed");
	await device.run("reboot");
	await device.close();
	const port = await openPort(place);
	let heard = "";
	const isHuman = new Promise<void>((resolve) => {
		port.on("data", (bytes: Buffer) => {
			heard += bytes.toString("latin1");
			if (heard.includes("[Ready]\r\n> ")) resolve();
		});
	});
	await isHuman;
	await closePort(port);
});

test("the tool runs commands and stops at the first that fails", async (context) => {
	const tool = createTool(context);
	const place = await boardAtPort(context);
	const good = await tool.run("console", place, "set wlan.ssid demo", "get wlan.ssid");
	assert.deepEqual([good.code, good.out], [0, "Set OK\ndemo\n"]);
	const bad = await tool.run("--json", "console", place, "get wlan.ssid", "get nothing", "reboot");
	assert.equal(bad.code, 1);
	const replies = JSON.parse(bad.out);
	assert.equal(replies.length, 2);
	assert.deepEqual(replies[0], { code: 0, text: "demo" });
	assert.deepEqual([replies[1].code, replies[1].error], [6, "unknown variable or option"]);
	assert.match(bad.error, /unknown variable/);
});

test("it works on a pseudo-terminal, as on a serial port", { skip: noPty }, async (context) => {
	const tool = createTool(context);
	const path = join(tool.folder, "serial");
	await powerBoard(context, async (onInput) => ptyLine(path, onInput));
	while (!existsSync(path)) await new Promise((resolve) => setImmediate(resolve));
	const { code, out } = await tool.run("console", path, "get dms.provision.status");
	assert.deepEqual([code, out], [0, "0\n"]);
});

test("a port that isn't there, or where nobody answers, is told in a sentence", async (context) => {
	const tool = createTool(context);
	const none = await tool.run("console", join(tool.folder, "nothing"), "version");
	assert.equal(none.code, 1);
	assert.match(none.error, /No console at .*Is the device plugged in/);
	const silent = DeviceConsole.open(lineOf(new PassThrough({ read: () => undefined })), {
		probes: 1,
	});
	await assert.rejects(silent, /No device answers/);
});

/** A board that loses its power at a command, and comes back as it was saved. */
function restartingAt(command: string): Line {
	let onBytes: (bytes: Uint8Array) => void = () => undefined;
	return {
		write(text) {
			const start = "ACME-1.0.0.0, 2026, opendms-0.1.0.0, Board:board\r\n[Ready]\r\n> ";
			const answer = text.startsWith(command) ? start : "R000000\r\n";
			setImmediate(() => onBytes(Buffer.from(answer)));
		},
		listen: (heard) => (onBytes = heard),
		close: async () => undefined,
	};
}

test("a board that restarts has not done its command", async () => {
	const device = await DeviceConsole.open(restartingAt("dms_provision"));
	await assert.rejects(device.run("dms_provision token"), /The device has restarted/);
	assert.deepEqual(await device.run("version"), { code: 0, text: "" });
	await device.close();
});

/** A board that is busy when it is asked first: each reply comes when the next line does. */
function lateBoard(): Line {
	let onBytes: (bytes: Uint8Array) => void = () => undefined;
	const late: string[] = [];
	const replies: { readonly [line: string]: string } = {
		"\r\n": "R000000\r\n",
		"get system.cmd.format\r\n": "R000009\r\nmachine\r\n",
		"get wlan.mac\r\n": "R000019\r\nb0:00:00:00:00:01\r\n",
	};
	return {
		write(text) {
			const isSlow = text === "\r\n";
			const due = late.splice(0);
			const reply = replies[text] ?? "";
			if (isSlow) late.push(reply);
			else due.push(reply);
			setImmediate(() => onBytes(Buffer.from(due.join(""))));
		},
		listen: (heard) => (onBytes = heard),
		close: async () => undefined,
	};
}

test("a reply that comes late is nobody else's", async (context) => {
	context.mock.timers.enable({ apis: ["setTimeout", "Date"] });
	const opening = DeviceConsole.open(lateBoard());
	context.mock.timers.tick(700);
	const device = await opening;
	assert.deepEqual(await device.run("get wlan.mac"), { code: 0, text: "b0:00:00:00:00:01" });
	await device.close();
});
