/** What the console makes of input at the line's full rate: noise, pastes, and keys in between. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { prepareService } from "../journey/journey.js";
import { inWorld, network } from "../journey/world.js";
import { makeNoise } from "./noise.js";

const keyOperationMilliseconds = 300;
const pasteLines = 3000;
const lossSaid = "Bytes came faster than they could be read";

test("after noise and one line end the next command is answered, on v8", async () => {
	assert.ok((await makeNoise("v8", 300_000, 1)) > 100);
});

test("after noise and one line end the next command is answered, on xs", async () => {
	assert.ok((await makeNoise("xs", 100_000, 2)) > 50);
});

/** Lines that can't be mistaken for one another, even in part. */
const nameOf = (index: number): string => "line-" + String(index).padStart(4, "0");
const paste = (count: number): Buffer =>
	Buffer.from(Array.from({ length: count }, (_, index) => setting(index) + "\r\n").join(""));
const setting = (index: number): string => "set system.name " + nameOf(index);

/** Lines that have been done, by the names that they have set; each must be one that was sent. */
function doneIn(transcript: string): string[] {
	const done = [...transcript.matchAll(/^(?:> )*(set system.*)\r\nSet OK\r\n/gm)].map(
		([, line = ""]) => line,
	);
	for (const line of done) assert.match(line, /^set system\.name line-\d{4}$/);
	assert.deepEqual(done, [...new Set(done)].sort(), "in their order");
	return done;
}

const countOf = (transcript: string, text: string): number => transcript.split(text).length - 1;

for (const processor of ["v8", "xs"] as const) {
	test("3,000 lines pasted in machine format are all done, on " + processor, async () => {
		await inWorld({ processor }, async ({ terminal, board, clock }) => {
			await terminal.powerOn();
			terminal.send("set system.cmd.format machine");
			await clock.run(1000);
			terminal.transcript = "";
			board.uart.input(paste(pasteLines));
			await clock.run(30_000);
			assert.equal(terminal.transcript, "R000008\r\nSet OK\r\n".repeat(pasteLines));
			terminal.transcript = "";
			terminal.send("get system.name");
			await clock.run(1000);
			assert.equal(terminal.transcript, "R000011\r\n" + nameOf(pasteLines - 1) + "\r\n");
		});
	});

	test(
		"3,000 lines pasted: none is done in part, and losses are said, on " + processor,
		async () => {
			await inWorld({ processor }, async ({ terminal, board, clock }) => {
				await terminal.powerOn();
				terminal.transcript = "";
				board.uart.input(paste(pasteLines));
				await clock.run(60_000);
				const { transcript } = terminal;
				const done = doneIn(transcript);
				assert.ok(done.length > pasteLines / 3, done.length + " are done");
				assert.ok(done.length < pasteLines, "echo and prompts take the line longer than there is");
				assert.ok(countOf(transcript, lossSaid) > 0);
				assert.equal(countOf(transcript, "Overflow"), countOf(transcript, lossSaid));
				assert.doesNotMatch(
					transcript,
					/Unknown|Too|Invalid|Parse/,
					"nothing of a torn line is tried",
				);
				assert.deepEqual(board.faults, []);
			});
		},
	);
}

test("lines pasted while keys are at work are done whole or refused", async () => {
	await inWorld({ processor: "v8", keyOperationMilliseconds }, async (world) => {
		const { terminal, board, clock } = world;
		const tokens = await prepareService(world);
		await terminal.powerOn();
		await terminal.type("set wlan.ssid " + network.ssid);
		await terminal.type('set wlan.passkey "' + network.passkey + '"');
		terminal.send("set dms.provision.token " + tokens.provisioning);
		await clock.run(100);
		terminal.transcript = "";
		board.uart.input(paste(1000));
		await clock.run(60_000);
		assert.ok(board.uart.lost > 0, "a key takes longer than the receiver holds");
		assert.ok(countOf(terminal.transcript, lossSaid) > 0);
		assert.ok(doneIn(terminal.transcript.replaceAll(/[^\n]*\r\x1b\[J[^\n]*\n/g, "")).length > 100);
		await terminal.type("");
		assert.equal(await terminal.type("get dms.provision.status"), "3", "the keys were at work");
	});
});

test("what is typed ahead is kept up to 4,096 bytes, and losses are said", async () => {
	await inWorld({ processor: "v8" }, async ({ terminal, board, clock }) => {
		await terminal.powerOn();
		await terminal.type("set wlan.ssid elsewhere");
		terminal.send("network_up");
		await clock.run(10);
		board.uart.input(paste(400));
		await clock.run(30_000);
		const done = doneIn(terminal.transcript).length;
		assert.ok(done >= Math.floor(4096 / paste(1).length) && done < 400, String(done));
		board.uart.input(Buffer.from("\r"));
		await clock.run(1000);
		assert.ok(countOf(terminal.transcript, lossSaid) > 0);
		assert.match(await terminal.type("get system.name"), /^line-\d{4}$/);
	});
});

for (const processor of ["v8", "xs"] as const) {
	test("what comes while the device starts is forgotten, on " + processor, async () => {
		await inWorld({ processor }, async ({ terminal, board, clock }) => {
			await terminal.powerOn();
			terminal.send("reboot");
			await terminal.until("Rebooting");
			board.uart.input(Buffer.from("\r\n".repeat(40) + "version"));
			await terminal.until("[Ready]");
			await clock.run(1000);
			assert.equal(terminal.transcript.endsWith("[Ready]\r\n> "), true, terminal.transcript);
			assert.equal(await terminal.type("get wlan.network.status"), "0");
		});
	});
}

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
