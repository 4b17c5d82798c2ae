/** The smallest firmware: a board behind another processor, which talks in machine format. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage, buildProgram } from "../../hosts/board/build-image.js";
import { describe } from "../../hosts/board/describe.js";
import { encodeFrame, FrameType } from "../../src/improv/frame.js";
import { ask, powerOn } from "./controller.js";
import { linesOf, prepareService } from "./journey.js";
import { inWorld } from "./world.js";

const entry = fileURLToPath(new URL("machine-program.js", import.meta.url));
const version = "0.1.0.0";
const image = buildProgram(entry, version);

interface Row {
	readonly name: string;
	readonly help?: string;
}

async function rowsOf(program: Uint8Array): Promise<readonly Row[]> {
	const { commands, variables }: Record<string, Row[]> = JSON.parse(await describe(program, "v8"));
	return [...(commands ?? []), ...(variables ?? [])];
}

test("it has all commands and variables of a whole firmware, without their sentences", async () => {
	const whole = await rowsOf(buildImage({ version }));
	const own = await rowsOf(image);
	assert.ok(own.length > 70);
	assert.deepEqual(
		own,
		whole.map(({ help: _, ...row }) => row),
	);
});

test("its help lists commands and variables, and says what each takes", async () => {
	await inWorld({ processor: "xs", image }, async (world) => {
		await powerOn(world);
		const [digit, list] = await ask(world, "help");
		assert.equal(digit, "0");
		assert.match(list, /^help \[[^]*\r\ndms_claim <token>\r\n[^]*\r\nfaults_reset$/);
		assert.deepEqual(await ask(world, "help dms_claim"), ["0", "dms_claim <token>"]);
		const names = "wlan.ssid : wl s\r\n";
		assert.deepEqual(await ask(world, "help wl s"), [
			"0",
			names + "get/set, text. At most 32 bytes.",
		]);
		assert.match((await ask(world, "help commands"))[1], /^help : \?\r\n/);
		const [refusal, sentence] = await ask(world, "help nothing");
		assert.equal(refusal, "6");
		assert.match(sentence, /^No command or variable has that name/m);
	});
});

for (const processor of ["v8", "xs"] as const) {
	test("a firmware without editor and Improv becomes active, on " + processor, async () => {
		await inWorld({ processor, image }, async (world) => {
			const tokens = await prepareService(world);
			const { terminal, board } = world;
			await powerOn(world);
			assert.doesNotMatch(terminal.transcript, /set system|> /, "nothing is echoed");
			assert.deepEqual(await ask(world, ""), ["0", ""]);
			for (const line of linesOf(tokens)) assert.equal((await ask(world, line))[0], "0", line);
			assert.deepEqual(await ask(world, "get dms.provision.status"), ["0", "3"]);
			assert.deepEqual(board.faults, []);
		});
	});

	test("its lines are bounded, and noise makes one void, on " + processor, async () => {
		await inWorld({ processor, image }, async (world) => {
			const { board } = world;
			await powerOn(world);
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
