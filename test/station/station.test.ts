/** The factory line: boards become devices, whatever is cut, and each costs one token at most. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { MemoryState } from "../../hosts/board/state.js";
import { readBoardLogs } from "../../hosts/dms/station/board-log.js";
import { figuresOf } from "../../hosts/dms/station/figures.js";
import type { BoardResult } from "../../hosts/dms/station/station.js";
import { type BoardOptions, type LineBoard, openFactory, product } from "./factory.js";

const resultsOf = (results: readonly BoardResult[]) => results.map(({ result }) => result);

/** What a station types, and so where it can be cut. */
const commands = ["get wlan.mac", "version", "set wlan.ssid", "dms_provision", "dms_claim"];

/** They wait for radios most of the time, so they may wait side by side. */
describe("a factory line", { concurrency: 4 }, () => {
	test("boards become devices side by side, with logs, labels and figures", async (context) => {
		const { service, folder, batch, board, run } = await openFactory(context);
		const name = await batch({ label: "https://example.com/{uuid}?{mac}" });
		const boards = await Promise.all([board(), board(), board()]);
		const results = await run(
			name,
			boards.map(({ port }) => port),
		);
		assert.deepEqual(resultsOf(results), ["made", "made", "made"]);
		for (const [index, { uuid, hardware }] of results.entries()) {
			const { owner, product: on, state } = await service.devices.show(uuid ?? "");
			assert.deepEqual([owner, on, state], ["alice", product, "provisioned"]);
			const label = readFileSync(join(folder, uuid + ".txt"), "utf8");
			assert.match(label, new RegExp(`^Hub\n${product} b1\nUUID ${uuid}\nMAC (..:){5}..\n`));
			const mac = boards[index]?.board.mac;
			assert.ok(label.endsWith(`\nQR https://example.com/${uuid}?${mac}\n`));
			const log = readFileSync(join(folder, hardware + ".jsonl"), "utf8");
			assert.ok(!/horse|dms1|ACME-HUB\//.test(log), "a secret is in the log");
		}
		const { made, boards: begun, quota } = await service.batches.show(name);
		assert.deepEqual([made, begun, quota], [3, 3, 10]);
		const figures = figuresOf(readBoardLogs(folder));
		assert.deepEqual([figures.made, figures.failed, figures.yieldPercent], [3, 0, 100]);
		assert.equal(figures.firstTryPercent, 100);
		assert.ok((figures.medianMilliseconds.provision ?? 0) > 0);
		assert.ok((figures.maximumMilliseconds.total ?? 0) >= (figures.medianMilliseconds.total ?? 1));
	});

	test("a board that comes by twice is told, and costs no token", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const name = await batch();
		const { port } = await board();
		const [first] = await run(name, [port]);
		const before = (await service.tokens.list()).length;
		const [again] = await run(name, [port]);
		assert.equal(again?.result, "made before");
		assert.equal(again?.uuid, first?.uuid);
		const other = await batch({ name: "b2" });
		assert.deepEqual(resultsOf(await run(other, [port])), ["made before"]);
		assert.equal((await service.tokens.list()).length, before);
		assert.equal((await service.batches.show(other)).boards, 0);
	});

	for (const what of ["board", "station", "cable"] as const) {
		test(`the ${what} is cut at each command: one identity`, async (context) => {
			const factory = await openFactory(context);
			const name = await factory.batch({ quota: 2 * commands.length });
			const cuts = commands.flatMap((at) => [
				[at, "before"],
				[at, "behind"],
			]);
			await Promise.all(
				cuts.map(async ([at = "", when]) => {
					const stopping = new AbortController();
					let state: "waiting" | "armed" | "cut" = "waiting";
					const cut = ({ restart, replug }: LineBoard): boolean => {
						state = "cut";
						if (what === "board") restart();
						else if (what === "cable") replug();
						else stopping.abort(new Error("cut"));
						return true;
					};
					const options: BoardOptions = {
						onCommand(command, powered) {
							if (state !== "waiting" || !command.startsWith(at)) return false;
							if (when === "before") return cut(powered);
							state = "armed";
							return false;
						},
						onReply: (powered) => state === "armed" && cut(powered),
					};
					const { port } = await factory.board(options);
					const isStation = what === "station";
					const changed = isStation ? { signal: stopping.signal } : { tries: 20 };
					const first = await factory.run(name, [port], changed).catch(() => undefined);
					assert.equal(state, "cut", at);
					const last = isStation ? await factory.run(name, [port]) : first;
					assert.deepEqual(
						last && resultsOf(last),
						["made"],
						`${at}, ${when}: ${last?.[0]?.error}`,
					);
				}),
			);
			const { made, boards } = await factory.service.batches.show(name);
			assert.deepEqual([made, boards], [2 * commands.length, 2 * commands.length]);
			assert.equal((await factory.service.devices.list()).length, 2 * commands.length);
		});
	}

	test("a service that is away loses nothing: the next run goes on", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const name = await batch({ quota: 1 });
		const { port } = await board();
		const away = async () => Promise.reject(new Error("There is no service."));
		for (const gone of ["addBoard", "finishBoard"] as const) {
			const batches = { ...service.batches, [gone]: away };
			const [failed] = await run(name, [port], { batches });
			assert.deepEqual([failed?.result, failed?.error], ["failed", "There is no service."]);
		}
		assert.deepEqual(resultsOf(await run(name, [port])), ["made"]);
		assert.equal((await service.devices.list()).length, 1);
	});

	test("a board without its network fails, and is made once there is one", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const name = await batch({ quota: 1 });
		const { port, board: powered } = await board();
		const { networks } = powered.radio;
		powered.radio.networks = [];
		const [failed] = await run(name, [port]);
		assert.match(failed?.error ?? "", /^The board answers: .*network/i);
		powered.radio.networks = networks;
		assert.deepEqual(resultsOf(await run(name, [port])), ["made"]);
		assert.equal((await service.devices.list()).length, 1);
	});

	test("the quota is of boards, not of tries; a closed batch takes none", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const name = await batch({ quota: 2 });
		const boards = await Promise.all([board(), board(), board()]);
		const ports = boards.map(({ port }) => port);
		const results = await run(name, ports, { tries: 3 });
		const failed = results.filter(({ result }) => result === "failed");
		assert.equal(failed.length, 1);
		assert.match(failed[0]?.error ?? "", /^Batch b1 has had its 2 boards\./);
		assert.equal(failed[0]?.tries, 1, "whoever asks again hears the same");
		assert.equal((await service.devices.list()).length, 2);
		const closed = await batch({ name: "b2" });
		await service.batches.close(closed);
		const [refused] = await run(closed, [failed[0]?.port ?? ""]);
		assert.match(refused?.error ?? "", /^Batch b2 is closed\./);
	});

	test("a token that a board still holds and that was revoked is made up for", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const name = await batch({ quota: 1 });
		const { port, board: powered } = await board();
		powered.radio.networks = [];
		await run(name, [port]);
		powered.radio.networks = [{ ssid: "factory", passkey: "correct horse", rssi: -50 }];
		for (const { id, kind } of await service.tokens.list()) {
			if (kind === "provisioning") await service.tokens.revoke(id);
		}
		assert.deepEqual(resultsOf(await run(name, [port])), ["made"]);
		assert.equal((await service.batches.show(name)).boards, 1);
	});

	test("a board that has lost its identity gets none before that is deleted", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const name = await batch({ quota: 1 });
		const first = await board();
		const [made] = await run(name, [first.port]);
		const erased = new MemoryState();
		erased.write("mac.txt", Buffer.from(first.board.mac));
		const again = await board({ state: erased });
		const [refused] = await run(name, [again.port]);
		assert.match(refused?.error ?? "", new RegExp(`opendms device delete ${made?.uuid}$`));
		await service.devices.delete(made?.uuid ?? "");
		const [anew] = await run(name, [again.port]);
		assert.equal(anew?.result, "made");
		assert.notEqual(anew?.uuid, made?.uuid);
		assert.equal((await service.batches.show(name)).boards, 1);
	});

	test("a board of another platform, or of another service, costs no token", async (context) => {
		const { service, batch, board, run } = await openFactory(context);
		const { port } = await board();
		const other = await batch({ name: "esp", product: "ACME-LAMP" });
		const [wrong] = await run(other, [port]);
		assert.match(wrong?.error ?? "", /^The board is board, and the batch for esp32\./);
		const elsewhere = await openFactory(context);
		await elsewhere.run(await elsewhere.batch(), [port]);
		const [foreign] = await run(await batch(), [port]);
		assert.match(foreign?.error ?? "", /which it is not here\. .*dms_forget <MAC>$/);
		assert.deepEqual(await service.tokens.list(), []);
	});

	test("a blank board is flashed once, and its label is printed", async (context) => {
		const { folder, batch, board, run } = await openFactory(context);
		const name = await batch();
		const { port, powerOn } = await board({ isBlank: true });
		// What flashes it knocks at a port of ours.
		const flashed: string[] = [];
		const flasher = createServer((socket) => {
			socket.on("data", (bytes) => {
				flashed.push(bytes.toString());
				powerOn();
				socket.end();
			});
		}).listen(0, "127.0.0.1");
		context.after(() => flasher.close());
		await once(flasher, "listening");
		const at = flasher.address();
		const knock = join(folder, "knock.cjs");
		writeFileSync(
			knock,
			`const [,, port, text] = process.argv;
		const socket = require("node:net").connect(Number(port), "127.0.0.1", () => socket.write(text));
		socket.on("close", () => {}).resume();`,
		);
		const program = (file: string): string => `'${process.execPath}' '${file}'`;
		const flash = `${program(knock)} ${typeof at === "object" ? at?.port : ""} {port}`;
		const printer = join(folder, "print.cjs");
		writeFileSync(
			printer,
			`const { readFileSync, writeFileSync } = require("node:fs");
		const [,, file, out] = process.argv;
		writeFileSync(out, readFileSync(file), { flag: "wx" });`,
		);
		const printed = join(folder, "printed");
		const print = `${program(printer)} {file} '${printed}'`;
		const [made] = await run(name, [port], { flash, print });
		assert.deepEqual([made?.result, made?.error], ["made", null]);
		assert.deepEqual(flashed, [port]);
		assert.match(readFileSync(printed, "utf8"), new RegExp("^UUID " + made?.uuid, "m"));
		const [again] = await run(name, [port], { flash, print });
		assert.equal(again?.result, "made before");
		assert.equal(flashed.length, 1);
	});

	test("a program that fails is told with what it said last", async (context) => {
		const { batch, board, run } = await openFactory(context);
		const name = await batch();
		const { port } = await board();
		const say = "console.log('first'); console.error('No paper'); process.exit(3)";
		const print = `'${process.execPath}' -e "${say}" {file}`;
		const [failed] = await run(name, [port], { print, tries: 2 });
		assert.match(failed?.error ?? "", / has not come to a good end: 3\. No paper$/);
		assert.equal(failed?.tries, 2);
		const [none] = await run(name, [port], { print: "/no/such/program {file}" });
		assert.match(none?.error ?? "", /ENOENT/);
		assert.deepEqual(resultsOf(await run(name, [port])), ["made"]);
	});
});
