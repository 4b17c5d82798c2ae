/** What the console makes of input at the line's full rate: noise, pastes, and keys in between. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareService } from "../journey/journey.js";
import { inWorld, network } from "../journey/world.js";
import { makeNoise } from "./noise.js";

const keyOperationMilliseconds = 300;
const pasteLines = 2000;

test("after noise and one line end the next command is answered, on v8", async () => {
	assert.ok((await makeNoise("v8", 300_000, 1)) > 100);
});

test("after noise and one line end the next command is answered, on xs", async () => {
	assert.ok((await makeNoise("xs", 100_000, 2)) > 50);
});

for (const format of ["human", "machine"] as const) {
	test("2,000 pasted lines are all done, while keys are at work, in " + format, async () => {
		await inWorld({ processor: "v8", keyOperationMilliseconds }, async (world) => {
			const { terminal, board, clock } = world;
			const tokens = await prepareService(world);
			await terminal.powerOn();
			await terminal.type("set wlan.ssid " + network.ssid);
			await terminal.type('set wlan.passkey "' + network.passkey + '"');
			terminal.send("set system.cmd.format " + format);
			await clock.run(1000);
			terminal.send("set dms.provision.token " + tokens.provisioning);
			terminal.transcript = "";
			const lines = Array.from(
				{ length: pasteLines },
				(_, index) => "set wl o r " + (index % 1000),
			);
			board.uart.input(Buffer.from(lines.join("\r\n") + "\r\nget dms.provision.status\r\n"));
			await clock.run(30_000);
			assert.equal(board.uart.lost, 0);
			assert.equal(terminal.transcript.split("Set OK\r\n").length - 1, pasteLines + 1);
			assert.equal(terminal.transcript.includes("Unknown"), false);
			terminal.transcript = "";
			terminal.send("get dms.provision.status");
			await clock.run(1000);
			assert.match(terminal.transcript, /3\r\n/, "the keys were at work");
		});
	});
}

test("what is typed ahead of a slow command is kept up to the receiver's size", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal, board, clock }) => {
		await terminal.powerOn();
		await terminal.type("set wlan.ssid elsewhere");
		terminal.send("network_up");
		board.uart.input(Buffer.from("set wl o r 5\r\n".repeat(400)));
		await clock.run(30_000);
		assert.ok(board.uart.lost > 0, "more than the receiver holds");
		const done = terminal.transcript.split("Set OK\r\n").length - 1;
		assert.ok(done >= Math.floor(4096 / 14), String(done));
		terminal.send("");
		await clock.run(1000);
		assert.equal(await terminal.type("get wl o r"), "5");
	});
});

test("an empty line is answered in 20 ms, and in 600 ms while a key is at work", async () => {
	await inWorld({ processor: "v8", keyOperationMilliseconds }, async (world) => {
		const { terminal, board, clock } = world;
		const tokens = await prepareService(world);
		await terminal.powerOn();
		const answerMilliseconds = async (): Promise<number> => {
			terminal.transcript = "";
			const start = clock.now();
			board.uart.input(Buffer.from("\r"));
			await clock.runUntil(() => terminal.transcript.includes("\r\nReady"));
			return clock.now() - start;
		};
		assert.ok((await answerMilliseconds()) <= 20);
		await terminal.type("set wlan.ssid " + network.ssid);
		await terminal.type('set wlan.passkey "' + network.passkey + '"');
		await terminal.type("set dms.provision.token " + tokens.provisioning);
		let slowest = 0;
		for (let count = 0; count < 600; count++) {
			slowest = Math.max(slowest, await answerMilliseconds());
			await clock.run(7);
		}
		assert.ok(slowest > 100, "a key was at work");
		assert.ok(slowest <= 600, slowest + " ms");
	});
});
