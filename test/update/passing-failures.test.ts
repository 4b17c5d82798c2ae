/** What breaks an update off and passes: it goes on in minutes, from where it was. */

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { DmsResult } from "../../src/protocol/result.js";
import { DfuStatus } from "../../src/update/status.js";
import { network } from "../journey/world.js";
import { Field, type Run } from "./field.js";
import { bundleOf, newImage, newVersion } from "./fleet.js";

const field = await Field.open();
after(() => field.close());

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const updated = "[Updated to " + newVersion;

/** A run of a device that is on, and is offered the new image. */
function withOffer(
	processor: ProcessorKind,
	act: (run: Run) => Promise<void>,
	isPolling = false,
): Promise<void> {
	return field.run({ processor }, async (run) => {
		await run.terminal.powerOn();
		if (isPolling) {
			for (const line of ["set dfu.poll_enabled 1", "save"]) await run.terminal.type(line);
			run.terminal.send("reboot");
			await run.terminal.until("[Ready]\r\n> ");
		}
		run.bundles.bundle = bundleOf(newImage);
		await act(run);
	});
}

/** The access point is gone for so long. */
function loseNetwork({ board, clock }: Run, milliseconds: number): void {
	board.radio.networks = [];
	board.radio.drop();
	clock.after(milliseconds, () => (board.radio.networks = [network]));
}

/** The image's answer breaks off at its half, once, and `act` happens. */
function breakOnce({ bundles }: Run, act: () => void): void {
	let isBroken = false;
	bundles.imageFault = (_, __, response) => {
		if (isBroken) return response;
		isBroken = true;
		act();
		return undefined;
	};
}

/** Answers the next `count` requests for the image so; hears when each came. */
function answerWith({ bundles, clock }: Run, count: number, fields: Record<string, string>) {
	const times: number[] = [];
	bundles.imageFault = (_, __, response) => {
		times.push(clock.now());
		return times.length > count ? response : new Response(null, { status: 503, headers: fields });
	};
	return times;
}

async function statusOf({ terminal }: Run): Promise<number> {
	return Number((await terminal.type("get dfu.status")).split("\r\n").at(-1));
}

for (const processor of ["v8", "xs"] as const) {
	test("a download outlives an access point's restart, on " + processor, async () => {
		await withOffer(processor, async (run) => {
			breakOnce(run, () => loseNetwork(run, 40_000));
			run.terminal.send("dfu_update");
			await run.terminal.until(updated);
		});
	});

	test("to wait as the service asks is no failed try, on " + processor, async () => {
		await withOffer(processor, async (run) => {
			const times = answerWith(run, 10, { "retry-after": "20" });
			run.terminal.send("dfu_update");
			await run.terminal.until(updated);
			assert.equal(times.length, 11, "nobody asked in between");
			for (const [index, time] of times.entries()) {
				assert.ok(index === 0 || time - (times[index - 1] ?? 0) >= 20_000, "waited");
			}
			assert.match(run.terminal.transcript, /\[Download waits 20 s, as asked\]/);
		});
	});
}

test("who is asked to wait for long lets the console go, and comes back by itself", async () => {
	const act = async (run: Run): Promise<void> => {
		const times = answerWith(run, 1, { "retry-after": "3600" });
		assert.match(await run.terminal.type("dfu_update"), /asks to wait 3600 seconds|failed/i);
		assert.equal(await statusOf(run), DfuStatus.ConnectionError, "no final one");
		const [first = 0] = times;
		await run.clock.run(2 * hour);
		assert.ok(run.terminal.transcript.includes(updated));
		assert.ok((times[1] ?? 0) - first >= hour, "not before");
	};
	await withOffer("v8", act, true);
});

const outages: readonly (readonly [name: string, milliseconds: number, within: number])[] = [
	["ten minutes", 10 * minute, 20 * minute],
	["two hours", 2 * hour, 2 * hour],
	["thirty hours", 30 * hour, 2 * hour],
];
for (const [name, milliseconds, within] of outages) {
	test(`a device that polls goes on soon after its network was gone for ${name}`, async () => {
		const act = async (run: Run): Promise<void> => {
			const { clock, terminal } = run;
			let end = Infinity;
			breakOnce(run, () => {
				end = clock.now() + milliseconds;
				loseNetwork(run, milliseconds);
			});
			await clock.runUntil(() => terminal.transcript.includes(updated));
			assert.ok(clock.now() - end < within, (clock.now() - end) / minute + " minutes");
		};
		await withOffer("v8", act, true);
	});
}

test("a device whose service is out for a day asks it rarely", async () => {
	const act = async ({ board, bundles, clock, terminal }: Run): Promise<void> => {
		await clock.runUntil(() => bundles.queries.length > 0);
		await terminal.until(updated);
		bundles.bundle = bundleOf(newImage, { sequence: 2, version: "0.3.0.0" });
		bundles.isOut = true;
		await clock.run(day);
		const { length } = board.radio.requests;
		await clock.run(day);
		const requests = board.radio.requests.length - length;
		assert.ok(requests > 24, requests + " requests: it hasn't given up");
		assert.ok(requests < 200, requests + " requests");
	};
	await withOffer("v8", act, true);
});

const takenBack: readonly (readonly [name: string, act: (run: Run) => void])[] = [
	["is taken away", ({ bundles }) => void (bundles.bundle = undefined)],
	[
		"has given its place to another",
		({ bundles }) =>
			void (bundles.bundle = bundleOf(newImage, { sequence: 2, version: "0.3.0.0" })),
	],
];
for (const [name, act] of takenBack) {
	test(`an update that ${name} while it comes is not installed`, async () => {
		await withOffer("v8", async (run) => {
			const { board, bundles, terminal } = run;
			const offered = bundles.bundle;
			const { boots } = board;
			bundles.onImage = () => act(run);
			assert.match(await terminal.type("dfu_update"), /Command failed\r\n.*not offer/);
			assert.equal(await statusOf(run), DfuStatus.NotOffered);
			assert.equal(board.boots, boots, "nothing was started");
			assert.equal(bundles.reports.at(-1)?.status, DfuStatus.NotOffered);
			bundles.onImage = () => undefined;
			bundles.bundle = offered;
			const { length } = bundles.ranges;
			terminal.send("dfu_update");
			await terminal.until(updated);
			assert.equal(bundles.ranges.length, length, "what has come is kept");
		});
	});
}

test("an update that is withdrawn while it comes was taken back", async () => {
	await withOffer("v8", async (run) => {
		const { bundles, terminal } = run;
		const message = "There is no such bundle.";
		const body = encodeMap({ result: DmsResult.UpdateRefused, rule: "bundle-unknown", message });
		bundles.imageFault = () => new Response(Uint8Array.from(body), { status: 404 });
		assert.match(await terminal.type("dfu_update"), /Command failed\r\nThere is no such bundle/);
		assert.equal(await statusOf(run), DfuStatus.NotOffered);
	});
});
