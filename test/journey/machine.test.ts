/** The smallest firmware: a board behind another processor, which talks in machine format. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildProgram } from "../../hosts/board/build-image.js";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { linesOf, prepareService } from "./journey.js";
import { inWorld, type World } from "./world.js";

const entry = fileURLToPath(new URL("machine-program.js", import.meta.url));
const image = buildProgram(entry, "0.1.0.0");

/** The error digit and what follows the head, of all that a line is answered. */
async function ask({ terminal, clock }: World, line: string): Promise<[string, string]> {
	terminal.transcript = "";
	terminal.send(line);
	const reply = (): RegExpExecArray | null => /^R(\d)(\d{5})\r\n([^]*)$/.exec(terminal.transcript);
	await clock.runUntil(() => reply()?.[3]?.length === Number(reply()?.[2] ?? NaN));
	const [, digit = "", , answer = ""] = reply() ?? [];
	return [digit, answer.trimEnd()];
}

for (const processor of ["v8", "xs"] as const) {
	test("a firmware without editor and Improv becomes active, on " + processor, async () => {
		await inWorld({ processor, image }, async (world) => {
			const tokens = await prepareService(world);
			const { terminal, board, clock } = world;
			board.powerOn();
			await clock.runUntil(() => terminal.transcript.includes("[Ready]"));
			terminal.send("set system.cmd.format machine");
			await clock.run(100);
			assert.doesNotMatch(terminal.transcript, /set system|> /, "nothing is echoed");
			assert.deepEqual(await ask(world, ""), ["0", ""]);
			for (const line of linesOf(tokens)) assert.equal((await ask(world, line))[0], "0", line);
			assert.deepEqual(await ask(world, "get dms.provision.status"), ["0", "3"]);
			assert.deepEqual(board.faults, []);
		});
	});

	test("its lines are bounded, and noise makes one void, on " + processor, async () => {
		await inWorld({ processor, image }, async (world) => {
			const { terminal, board, clock } = world;
			board.powerOn();
			await clock.runUntil(() => terminal.transcript.includes("[Ready]"));
			terminal.send("set system.cmd.format machine");
			await clock.run(100);
			const frame = Buffer.from(encodeFrame(FrameType.Command, [2, 0])).toString("latin1");
			for (const line of ["x".repeat(10_000), "version\x7f", "\x1b[Aversion", "\u0085version"]) {
				assert.notEqual((await ask(world, line))[0], "0", line.slice(0, 20));
			}
			assert.notEqual((await ask(world, frame.trimEnd()))[0], "0", "a frame is no command");
			assert.equal((await ask(world, "\x11version\x13"))[0], "0");
			assert.deepEqual(board.faults, []);
		});
	});
}
