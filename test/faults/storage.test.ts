/** Flash that can't be read or written: the device starts, and nothing good is written over. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board } from "../../hosts/board/board.js";
import { seededRandom } from "../../hosts/board/random.js";
import type { Host, ResetReason } from "../../src/host.js";
import { run } from "../../src/run.js";
import { MemoryDomain } from "../fuzz/device/memory-domain.js";
import { MemoryHost } from "../fuzz/device/memory-host.js";
import { identityIn, linesOf, prepareService } from "../journey/journey.js";
import { inWorld } from "../journey/world.js";
import { Field } from "../update/field.js";
import { bundleOf, inFleet, newImage, newVersion, oldImage } from "../update/fleet.js";
import { keyStatement } from "../update/publisher.js";

const dayMilliseconds = 86_400_000;

/** From now on reads of these keys fail, those from number `from` to before `to` of them. */
function failReads(board: Board, keys: RegExp, from = 0, to = Infinity): void {
	const read = board.nvs.read.bind(board.nvs);
	let count = 0;
	board.nvs.read = (path, key) => {
		if (!keys.test(key)) return read(path, key);
		const index = count++;
		if (index >= from && index < to) throw new Error("the flash fails");
		return read(path, key);
	};
}

function failWrites(board: Board): () => void {
	const { write } = board.nvs;
	board.nvs.write = () => {
		throw new Error("no space");
	};
	return () => (board.nvs.write = write);
}

test("a start after a trial goes on when flash takes nothing", async () => {
	const field = await Field.open();
	await field.run({ processor: "v8" }, async ({ board, bundles, clock, terminal }) => {
		bundles.bundle = bundleOf(newImage);
		await terminal.powerOn();
		terminal.send("dfu_update");
		await clock.runUntil(() => board.boot.operations["boot.isOnTrial"]?.() === true);
		await board.powerOff();
		const mend = failWrites(board);
		const { boots } = board;
		board.powerOn();
		let isOver = false;
		clock.after(dayMilliseconds, () => (isOver = true));
		await clock.runUntil(() => isOver || board.faults.length > 0);
		assert.deepEqual(board.faults, []);
		assert.ok(board.boots <= boots + 2, "it is started once, and perhaps the new image");
		mend();
		if (!terminal.transcript.includes("[Updated to")) {
			terminal.send("dfu_update");
			await terminal.until("[Updated to " + newVersion);
		}
		assert.match(await terminal.type("version"), new RegExp(newVersion));
	});
	await field.close();
});

test("an identity that can't be read for a while is not taken for none", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal, board, service } = world;
		await terminal.powerOn();
		for (const line of linesOf(await prepareService(world))) await terminal.type(line);
		const before = identityIn(board);
		const { read } = board.nvs;
		await board.powerOff();
		failReads(board, /^identity/);
		await terminal.powerOn();
		const { token } = await service().tokens.addProvisioning();
		for (const line of ["dms_provision " + token, "set dms.provision.token " + token]) {
			assert.match(await terminal.type(line), /^Command failed\r\n.*flash could not be read/);
		}
		assert.match(await terminal.type("why"), /flash could not be read/);
		board.nvs.read = read;
		assert.equal(await terminal.type("get dms.provision.status"), "3");
		assert.deepEqual(identityIn(board), before);
		assert.match(await terminal.type("dms_activate ACME-LAMP"), /ACME-LAMP/);
		assert.equal((await service().devices.list()).length, 1);
	});
});

test("a device whose token can't be read for a while gets its identity all the same", async () => {
	await inWorld({ processor: "v8", seed: 1 }, async (world) => {
		const { terminal, board } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world));
		for (const line of lines.slice(0, 3)) await terminal.type(line);
		await terminal.type((lines[3] ?? "").replace("dms_provision", "set dms.provision.token"));
		await board.powerOff();
		failReads(board, /^identity/, 0, 6);
		await terminal.powerOn();
		await terminal.until("[Provisioned]");
	});
});

for (const [from, to] of [
	[2, 4],
	[4, 6],
	[2, 3],
	[3, 4],
] as const) {
	const name = `a new key is not taken while the record can't be read: reads ${from} to ${to - 1}`;
	test(name, async () => {
		await inFleet({}, async ({ board, bundles, terminal }) => {
			bundles.bundle = bundleOf(newImage, { sequence: 5, floor: "0.2.0.0" });
			terminal.send("dfu_update");
			await terminal.until("[Updated to " + newVersion);
			const { read } = board.nvs;
			failReads(board, /^update/, from, to);
			bundles.offeredKey = keyStatement({ generation: 2 });
			await terminal.type("dfu_query");
			board.nvs.read = read;
			const older = bundleOf(oldImage, { version: "0.1.0.0", sequence: 1 });
			bundles.offeredKey = undefined;
			bundles.bundle = older;
			assert.match(await terminal.type("dfu_update"), /^Command failed/);
			assert.match(await terminal.type("version"), new RegExp(newVersion));
		});
	});
}

/** The key of the newer copy of a record. */
function newerOf({ nvs }: Board, name: string): RegExp {
	const [first, second] = [".a", ".b"].map((end) => {
		const copy = nvs.read("opendms", name + end);
		return copy === undefined ? 0 : Buffer.from(copy).readUInt32BE(4);
	});
	return new RegExp("^" + name + ((first ?? 0) > (second ?? 0) ? "\\.a$" : "\\.b$"));
}

test("an older record lets no older image in while the newer can't be read", async () => {
	await inFleet({}, async ({ board, bundles, terminal }) => {
		bundles.bundle = bundleOf(newImage, { sequence: 5, floor: "0.2.0.0" });
		terminal.send("dfu_update");
		await terminal.until("[Updated to " + newVersion);
		bundles.bundle = bundleOf(oldImage, { version: "0.1.0.0", sequence: 1 });
		const { read } = board.nvs;
		for (let failures = 1; failures <= 8; failures++) {
			failReads(board, newerOf(board, "update"), 0, failures);
			assert.match(await terminal.type("dfu_update"), /^Command failed/, failures + " failures");
			board.nvs.read = read;
		}
		assert.match(await terminal.type("version"), new RegExp(newVersion));
	});
});

/** A host whose radio is broken, on the storage of another. */
function hostWithoutRadio(domain: MemoryDomain, reason: ResetReason): MemoryHost {
	const host = new MemoryHost({ random: seededRandom(1) } as Host["crypto"]);
	const io = class {
		constructor() {
			throw new Error("no radio");
		}
	};
	return Object.assign(host, {
		domain,
		boot: { ...host.boot, reason },
		network: { ...host.network, wifi: { io } },
	});
}

test("a start that fails again and again comes up with the console, and says why", async () => {
	const domain = new MemoryDomain();
	for (let boots = 0; boots < 12; boots++) {
		const host = hostWithoutRadio(domain, boots === 0 ? "power" : "panic");
		assert.throws(() => run(host), /no radio/);
	}
	const host = hostWithoutRadio(domain, "panic");
	run(host);
	await host.pass(1000);
	assert.match(host.last, /Console only/);
	for (const line of ["why", "faults_print", "get wlan.mac", "dms_provision"]) {
		host.type(Buffer.from(line + "\r"));
		await host.pass(60_000);
		if (line === "why") assert.match(host.last, /fails without its app/);
	}
});

test("storage that can't be opened leaves a device that says so", async () => {
	const host = new MemoryHost({ random: seededRandom(1) } as Host["crypto"]);
	const keyValue = {
		open: () => {
			throw new Error("no such partition");
		},
		erase: () => undefined,
	};
	const device = run(Object.assign(host, { keyValue }));
	await host.pass(1000);
	host.type(Buffer.from("why\r"));
	await host.pass(1000);
	assert.match(host.last, /dms_forget <MAC> empties it/);
	host.type(Buffer.from("ls\r"));
	await host.pass(1000);
	assert.match(host.last, /The flash could not be read/);
	assert.equal(device.faults.isSafeMode, false);
});

test("storage that can't be initialised is kept as it is until somebody empties it", async () => {
	await inWorld({ processor: "v8" }, async (world) => {
		const { terminal, board } = world;
		await terminal.powerOn();
		for (const line of linesOf(await prepareService(world))) await terminal.type(line);
		await terminal.type("save");
		const mac = await terminal.type("get wlan.mac");
		await board.powerOff();
		board.nvs.isUnusable = true;
		await terminal.powerOn();
		assert.match(terminal.transcript, /\[Storage: NVS can't be initialised\./);
		assert.match(await terminal.type("why"), /dms_forget <MAC> empties it/);
		assert.match(await terminal.type("save"), /^Command failed/);
		assert.match(await terminal.type("dms_provision"), /^Command failed/);
		await board.powerOff();
		board.nvs.isUnusable = false;
		await terminal.powerOn();
		assert.equal(await terminal.type("get dms.provision.status"), "3");

		await board.powerOff();
		board.nvs.isUnusable = true;
		await terminal.powerOn();
		terminal.send("dms_forget " + mac);
		await terminal.until("Rebooting");
		await terminal.until("[Ready]");
		assert.equal(await terminal.type("get dms.provision.status"), "0");
		assert.equal(await terminal.type("save"), "Success");
	});
});
