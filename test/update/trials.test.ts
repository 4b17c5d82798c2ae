/** An image that is no good on this device: the one before comes back, and says why. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";
import { buildImage } from "../../hosts/board/build-image.js";
import { DfuStatus } from "../../src/update/status.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import type { Bundle } from "./bundle-service.js";
import { bundleOf, newImage, newVersion, oldImage } from "./fleet.js";
import { Field, type Run } from "./field.js";
import { platformKeys } from "./publisher.js";

const app = fileURLToPath(new URL("trial-app.js", import.meta.url));
const { publicKey: platformKey } = platformKeys;
const field = await Field.open();
after(() => field.close());

/** The most that three starts and the waits between them take. */
const hourMilliseconds = 3_600_000;
const dayMilliseconds = 24 * hourMilliseconds;

interface BadImage {
	readonly name: string;
	readonly version: string;
	readonly status: DfuStatus;
}

const badImages: readonly BadImage[] = [
	{ name: "crashes", version: "0.3.0.0", status: DfuStatus.TrialCrashed },
	{ name: "hangs", version: "0.4.0.0", status: DfuStatus.TrialHung },
	{ name: "never reaches the service", version: "0.5.0.0", status: DfuStatus.TrialUnreached },
];

const imageOf = (version: string): Uint8Array => buildImage({ app, version, platformKey });

/** Types `dfu_update` and lets the device do the rest by itself. */
async function leaveAlone(run: Run, milliseconds: number): Promise<void> {
	await run.terminal.powerOn();
	run.terminal.send("dfu_update");
	await run.clock.run(milliseconds);
}

for (const processor of ["v8", "xs"] as const) {
	for (const { name, version, status } of badImages) {
		test("an image that " + name + " is not kept, on " + processor, async () => {
			const options = { processor, turnSteps: 1_000_000 };
			await field.run(options, async (run) => {
				const { board, terminal, bundles } = run;
				bundles.bundle = bundleOf(imageOf(version), { version, sequence: 2 });
				await leaveAlone(run, hourMilliseconds);
				assert.equal(board.boots, 7, "it was started three times");
				const line = "[Update to " + version;
				const isToldOnce = terminal.transcript.split(line + " has not proven itself yet").length;
				assert.ok(isToldOnce > 2, "the console says why the device restarts");
				const isLast = terminal.transcript.includes(line + " failed: That version");
				assert.equal(isLast, status !== DfuStatus.TrialUnreached);
				assert.match(await terminal.type("version"), /0\.1\.0\.0/);
				assert.match(await terminal.type("get dms.provision.status"), /3$/);
				assert.match(await terminal.type("get dfu.status"), new RegExp(status + "$"));
				assert.match(await terminal.type("dfu_update"), /Command failed\r\n.*not tried again/);
				assert.equal(await terminal.type("faults_print"), "No faults", "it was not our fault");
				assert.equal(bundles.reports.at(-1)?.status, status, "the service knows");
				assert.deepEqual(bundles.ranges, [0], "it was downloaded once");
				await run.clock.run(dayMilliseconds);
				assert.equal(board.boots, 7, "it is not tried again");
				bundles.bundle = bundleOf(newImage, { version: newVersion, sequence: 3 });
				terminal.send("dfu_update");
				await terminal.until("[Updated to " + newVersion);
				assert.match(await terminal.type("get dfu.status"), /1$/);
			});
		});
	}
}

for (const version of ["0.3.0.0", "0.1.0.0"]) {
	test(`an image that says ${version} and is signed as another goes back at once`, async () => {
		await field.run({ processor: "v8" }, async (run) => {
			const { board, terminal, bundles } = run;
			const image = version === "0.1.0.0" ? oldImage : imageOf(version);
			bundles.bundle = bundleOf(image, { version: newVersion, sequence: 2 });
			await leaveAlone(run, hourMilliseconds);
			assert.equal(board.boots, 3, "it was started once");
			assert.match(terminal.transcript, /\[Update to 0\.2\.0\.0 failed: That image says another/);
			assert.match(await terminal.type("version"), /0\.1\.0\.0/);
			assert.equal(board.boot.operations["boot.slot"]?.(), "ota_0");
			assert.match(await terminal.type("get dfu.status"), /225$/);
			assert.equal(bundles.reports.at(-1)?.status, DfuStatus.TrialMismatched);
			await run.clock.run(dayMilliseconds);
			assert.equal(board.boots, 3, "it is not tried again");
			bundles.bundle = bundleOf(newImage, { version: newVersion, sequence: 3 });
			terminal.send("dfu_update");
			await terminal.until("[Updated to " + newVersion);
		});
	});
}

test("an outage during the trial never counts, however long it is", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { board, clock, terminal, bundles } = run;
		bundles.bundle = bundleOf(newImage);
		bundles.onReport = ({ percent }) => {
			if (percent === 100) bundles.isOut = true;
		};
		await leaveAlone(run, dayMilliseconds);
		assert.match(await terminal.type("version"), /0\.1\.0\.0/);
		bundles.onReport = () => undefined;
		bundles.isOut = false;
		await clock.runUntil(() => terminal.transcript.includes("[Updated to"));
		assert.match(await terminal.type("version"), new RegExp(newVersion));
		assert.deepEqual(bundles.ranges, [0], "it was downloaded once");
		assert.ok(board.boots <= 5);
	});
});

test("cuts of power during the trial never count, however many they are", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { board, clock, terminal, bundles } = run;
		bundles.bundle = bundleOf(newImage);
		await terminal.powerOn();
		terminal.send("dfu_update");
		for (let cuts = 0; cuts < 10; cuts++) {
			const isTried = (): boolean => board.boot.operations["boot.isOnTrial"]?.() === true;
			await clock.runUntil(isTried);
			await board.powerOff();
			await terminal.powerOn();
			assert.match(await terminal.type("version"), /0\.1\.0\.0/);
		}
		await clock.runUntil(() => terminal.transcript.includes("[Updated to"));
		assert.deepEqual(bundles.ranges, [0], "it was downloaded once");
	});
});

/** What a day costs the flash at most, whatever an image does and the service offers. */
const bootsADay = 30;
const stateWritesADay = 60;

async function day(run: Run, bundles: readonly Bundle[]): Promise<void> {
	const { board, terminal, bundles: service } = run;
	await terminal.powerOn();
	await terminal.type("set dfu.poll_enabled 1");
	await terminal.type("set wlan.auto_join.enabled 1");
	await terminal.type("save");
	service.interval = 3600;
	let armed = 0;
	service.onReport = ({ percent, status }) => {
		if (percent === 100 && status === DfuStatus.Pending) armed++;
	};
	service.onQuery = () => {
		service.bundle = bundles[armed % bundles.length];
	};
	const before = board.nvs.writes + board.boot.writes;
	const { boots } = board;
	terminal.send("dfu_update");
	await run.clock.run(dayMilliseconds);
	const writes = board.nvs.writes + board.boot.writes - before;
	assert.ok(board.boots - boots <= bootsADay, board.boots - boots + " boots");
	assert.ok(writes <= stateWritesADay, writes + " writes of state");
	assert.match(await terminal.type("version"), /0\.1\.0\.0/);
}

const wearing = [
	["restarts in its trial", ["0.6.0.0"]],
	["sleeps in its trial", ["0.7.0.0"]],
	["crashes, in turn with another", ["0.3.0.0", "0.3.1.0"]],
	["restarts, in turn with one that crashes", ["0.6.0.0", "0.3.0.0", "0.6.1.0", "0.3.1.0"]],
] as const;

for (const [name, versions] of wearing) {
	test("an image that " + name + " doesn't wear the flash out", async () => {
		await field.run({ processor: "v8" }, async (run) => {
			const bundles = versions.map((version, index) =>
				bundleOf(imageOf(version), { version, sequence: index + 2 }),
			);
			await day(run, bundles);
			if (versions.length > 2) return; // It takes weeks, and as many downloads.
			run.bundles.interval = 43_200;
			await run.clock.run(20 * dayMilliseconds);
			const settled = run.board.boots;
			await run.clock.run(5 * dayMilliseconds);
			assert.equal(run.board.boots, settled, "nothing is tried again");
		});
	});
}

test("an image that is not offered any more is not asked for again and again", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { board, bundles, clock, terminal } = run;
		const [version, other] = ["0.6.0.0", "0.3.0.0"];
		const bad = bundleOf(imageOf(other), { version: other, sequence: 2 });
		const offers = [bad, bundleOf(imageOf(version), { version, sequence: 3 })];
		await terminal.powerOn();
		for (const offered of offers) {
			bundles.bundle = offered;
			terminal.send("dfu_update");
			const starts = offered === bad ? 3 : 1;
			for (let count = 0; count < starts; count++) {
				await clock.runUntil(() => board.boot.operations["boot.isOnTrial"]?.() === true);
				await clock.runUntil(() => board.boot.operations["boot.isOnTrial"]?.() === false);
			}
		}
		// One was given up, and of the other nothing is known yet: neither is worth a request.
		for (const offered of [undefined, bad]) {
			bundles.bundle = offered;
			const queries = bundles.queries.length;
			await clock.run(hourMilliseconds);
			const asked = bundles.queries.length - queries;
			assert.ok(asked <= 3, asked + " queries, with " + String(offered?.version));
			await board.powerOff();
			await terminal.powerOn();
		}
	});
});

for (const status of [503, 502, 429]) {
	test(`a service that answers ${status} during the trial burns no image`, async () => {
		await field.run({ processor: "v8" }, async (run) => {
			const { board, bundles, clock, terminal } = run;
			bundles.bundle = bundleOf(newImage);
			let ends = 0;
			bundles.interfere = () => {
				const isTrial = board.boot.operations["boot.isOnTrial"]?.() === true;
				if (isTrial) ends = clock.now() + 15 * 60_000;
				return clock.now() < ends ? new Response(null, { status }) : undefined;
			};
			await leaveAlone(run, 3 * dayMilliseconds);
			assert.doesNotMatch(terminal.transcript, /Updated to/, "and it proves none");
			bundles.interfere = () => undefined;
			await clock.runUntil(() => terminal.transcript.includes("[Updated to"));
			assert.match(await terminal.type("version"), new RegExp(newVersion));
		});
	});
}

test("a refusal by the service has reached it, so it burns no image", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { board, bundles, terminal } = run;
		bundles.bundle = bundleOf(newImage);
		bundles.interfere = (request) => {
			const isTrial = board.boot.operations["boot.isOnTrial"]?.() === true;
			if (!isTrial || request.method !== "PUT") return undefined;
			const body = encodeMap({ result: 2400, rule: "bundle-unknown", message: "There is none." });
			return new Response(body, { status: 404 });
		};
		await terminal.powerOn();
		terminal.send("dfu_update");
		await terminal.until("[Updated to " + newVersion);
	});
});

test("a service that refuses every signature during the trial burns no image", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { board, bundles, clock, terminal } = run;
		bundles.bundle = bundleOf(newImage);
		bundles.interfere = (request) => {
			const isTrial = board.boot.operations["boot.isOnTrial"]?.() === true;
			if (!isTrial || request.method !== "PUT") return undefined;
			const body = encodeMap({ result: 2301, rule: "signature", message: "It is not right." });
			return new Response(body, { status: 401 });
		};
		await leaveAlone(run, 30 * dayMilliseconds);
		assert.doesNotMatch(terminal.transcript, /Updated to/);
		assert.match(terminal.transcript, /has not proven itself yet, and is tried again/);
		assert.ok(board.boots > 20 && board.boots < 120, board.boots + " starts in 30 days");
		bundles.interfere = () => undefined;
		await clock.runUntil(() => terminal.transcript.includes("[Updated to"));
		assert.match(await terminal.type("version"), new RegExp(newVersion));
	});
});

test("an image that can't be armed is given up, and nothing else is counted for it", async () => {
	await field.run({ processor: "v8" }, async (run) => {
		const { bundles, terminal } = run;
		bundles.bundle = bundleOf(new Uint8Array(8192), { sequence: 2 });
		await terminal.powerOn();
		assert.match(await terminal.type("dfu_update"), /can't start that image/);
		await terminal.type("reboot");
		await terminal.until("[Ready]\r\n> ");
		const queries = bundles.queries.length;
		await run.clock.run(3 * dayMilliseconds);
		assert.equal(bundles.queries.length, queries, "nobody asks again by himself");
		assert.match(await terminal.type("dfu_update"), /Command failed/);
	});
});
