/** A firmware without updates: it asks for none, tells of none, and never comes by one. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { programImage } from "../../hosts/board/boot.js";
import { buildImage, buildProgram } from "../../hosts/board/build-image.js";
import { describe } from "../../hosts/board/describe.js";
import { MemoryState } from "../../hosts/board/state.js";
import { ErrorDigit } from "../../src/console/reply.js";
import { DfuStatus } from "../../src/update/status.js";
import { ask, powerOn } from "../journey/controller.js";
import { linesOf, prepareService } from "../journey/journey.js";
import { type Between, inWorld, product, user } from "../journey/world.js";
import { Field } from "./field.js";
import { bundleOf } from "./fleet.js";

const entry = fileURLToPath(new URL("no-updates-program.js", import.meta.url));
const app = fileURLToPath(new URL("../device/faulty-app.js", import.meta.url));
const version = "0.6.0.0";
const image = buildProgram(entry, version);
const dayMilliseconds = 86_400_000;

async function namesOf(program: Uint8Array): Promise<readonly string[]> {
	const { commands, variables }: Record<string, { readonly name: string }[]> = JSON.parse(
		await describe(program, "v8"),
	);
	return [...(commands ?? []), ...(variables ?? [])].map(({ name }) => name);
}

test("it has all commands and variables but those of updates", async () => {
	const own = await namesOf(image);
	const whole = await namesOf(buildImage({ app, version }));
	assert.deepEqual(
		whole.filter((name) => !own.includes(name)),
		["dfu_query", "dfu_update", "ota"].concat([
			"dfu.logs_enabled",
			"dfu.poll_enabled",
			"dfu.status",
			"dms.bundle_id",
		]),
	);
	assert.deepEqual(
		own.filter((name) => !whole.includes(name)),
		[],
	);
});

for (const processor of ["v8", "xs"] as const) {
	test("it becomes active and never asks for an update, on " + processor, async () => {
		const paths: string[] = [];
		const between: Between = (request, service) => {
			paths.push(new URL(request.url).pathname);
			return service.fetch(request);
		};
		await inWorld({ processor, image, between }, async (world) => {
			const tokens = await prepareService(world);
			await powerOn(world);
			for (const line of linesOf(tokens)) assert.equal((await ask(world, line))[0], "0", line);
			const active = `The device is activated to ${product}, and claimed by ${user}.`;
			assert.deepEqual(await ask(world, "why"), ["0", active]);
			for (const line of ["dfu_query", "dfu_update", "ota"]) {
				assert.equal((await ask(world, line))[0], String(ErrorDigit.UnknownCommand), line);
			}
			assert.equal((await ask(world, "get dfu.status"))[0], String(ErrorDigit.UnknownVariable));
			await world.board.powerOff();
			world.board.powerOn();
			await world.clock.run(1000);
			assert.deepEqual(await ask(world, "get dms.provision.status"), ["0", "3"]);
			assert.match(
				(await ask(world, "why"))[1],
				/^The device is provisioned\. .* the service knows/,
			);
			await world.clock.run(2 * dayMilliseconds);
			assert.ok(paths.includes("/activate"));
			assert.deepEqual(
				paths.filter((path) => path.startsWith("/update")),
				[],
			);
			assert.deepEqual(world.board.faults, []);
		});
	});

	test("a renewal tells what a cable has brought, on " + processor, async () => {
		const state = new MemoryState();
		await inWorld({ processor, image, state }, async (world) => {
			const tokens = await prepareService(world);
			const versionOf = async () => (await world.service().devices.list())[0]?.version;
			const flash = async (another: string) => {
				await world.board.powerOff();
				programImage(state, buildProgram(entry, another));
				world.board.powerOn();
				await world.clock.run(1000);
			};
			await powerOn(world);
			for (const line of [...linesOf(tokens), "set wlan.auto_join.enabled 1", "save"]) {
				assert.equal((await ask(world, line))[0], "0", line);
			}
			assert.equal(await versionOf(), version);
			await flash("0.7.0.0");
			await world.clock.run(2 * dayMilliseconds);
			assert.equal(await versionOf(), version, "it has told nothing yet");
			await world.clock.run(310 * dayMilliseconds);
			assert.equal(await versionOf(), "0.7.0.0");
			await flash("0.6.1.0");
			const { token } = await world.service().tokens.addClaim({ user });
			assert.equal((await ask(world, "dms_claim " + token))[0], "0");
			assert.equal(await versionOf(), "0.6.1.0");
			await flash("0.8.0.0");
			assert.equal((await ask(world, "dms_activate " + product))[0], "0");
			assert.equal(await versionOf(), "0.8.0.0");
		});
	});

	test("its faults count, and it does without its app, on " + processor, async () => {
		await inWorld({ processor, image }, async (world) => {
			await powerOn(world);
			assert.equal((await ask(world, "set system.print_level all"))[0], "0");
			assert.equal((await ask(world, "fault_always"))[0], "0");
			world.terminal.send("reboot");
			await world.clock.runUntil(() => world.terminal.transcript.includes("[Safe mode"));
			await world.clock.run(100);
			const [digit, faults] = await ask(world, "faults_print");
			assert.equal(digit, "0");
			assert.match(faults, /^Faults in a row: 8\r\nThe last: panic$/);
			assert.deepEqual(await ask(world, "get system.safemode.status"), ["0", "1"]);
			assert.equal((await ask(world, "reason"))[0], "3", "the app's commands are gone");
		});
	});
}

test("a device whose update brought it goes back to the firmware before", async (context) => {
	const field = await Field.open();
	context.after(() => field.close());
	await field.run({ processor: "v8" }, async ({ board, terminal, bundles, clock }) => {
		bundles.bundle = bundleOf(image, { version, sequence: 2 });
		await terminal.powerOn();
		terminal.send("dfu_update");
		await clock.runUntil(() => terminal.transcript.includes("[This firmware takes no updates"));
		await clock.run(7 * dayMilliseconds);
		assert.match(await terminal.type("version"), /0\.1\.0\.0/);
		assert.equal(board.boot.operations["boot.isOnTrial"]?.(), false);
		assert.match(
			await terminal.type("get dfu.status"),
			new RegExp(DfuStatus.TrialUnfinished + "$"),
		);
		assert.equal(bundles.reports.at(-1)?.status, DfuStatus.TrialUnfinished, "the service knows");
		assert.equal(await terminal.type("faults_print"), "No faults", "it was not our fault");
	});
});
