/** `opendms station` as a process, at a service elsewhere, and killed in the middle. */

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { freePort } from "../../example/local-service.js";
import { openService } from "../../hosts/dms/service.js";
import { commandOf } from "../process/commands.js";
import { Spawned, ended } from "../process/spawned.js";
import { openLineBoard, product, setup } from "./factory.js";

test("a station that is killed goes on where it was, at a service elsewhere", async (context) => {
	const folder = mkdtempSync(join(tmpdir(), "opendms-station-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const address = "localhost:" + (await freePort());
	const place = { data: join(folder, "state", "dms"), addresses: [address] };
	const service = await openService(place);
	await service.users.add("alice");
	await service.products.add({ code: product, title: "Hub", platform: "board", owner: "alice" });
	await service.batches.add({ name: "b1", product, quota: 2 });
	const { token } = await service.apiTokens.add({ name: "line", role: "station" });
	await service.close();
	writeFileSync(join(folder, "line.token"), token, { mode: 0o600 });
	writeFileSync(join(folder, "setup"), ["# the line's network", ...setup, ""].join("\n"));
	const listen = address.replace("localhost", "127.0.0.1");
	const words = ["--listen", listen, "--api", "127.0.0.1:0"];
	const serving = new Spawned({ command: commandOf(["opendms", "serve", ...words]), folder });
	context.after(async () => {
		serving.child.kill("SIGTERM");
		await serving.ended;
	});
	const [, url = ""] = /The page: (\S+)/.exec(await serving.until(/The page: \S+\n/)) ?? [];

	let station: Spawned | undefined;
	const boards = await Promise.all([
		openLineBoard(context),
		openLineBoard(context, {
			onCommand(command) {
				if (command.startsWith("dms_claim")) station?.child.kill("SIGKILL");
			},
		}),
	]);
	const ports = boards.flatMap(({ port }) => ["--port", port]);
	const run = ["station", "run", "b1", ...ports, "--setup", "setup", "--label", "zpl"];
	const line = commandOf(["opendms", "--service", url, "--token-file", "line.token", ...run]);
	station = new Spawned({ command: line, folder });
	assert.equal((await station.ended).signal, "SIGKILL");
	station = undefined;
	const again = await ended({ command: line, folder });
	assert.equal(again.code, 0, again.error);
	assert.match(
		again.out,
		/^tcp:127\.0\.0\.1:\d+ {2}[0-9a-f]{12} {2}made( before)? {2}[0-9a-f]{40} /m,
	);
	const third = await ended({ command: [...line, "--json"], folder });
	const { boards: results }: { boards: { result: string }[] } = JSON.parse(third.out);
	assert.deepEqual(
		results.map(({ result }) => result),
		["made before", "made before"],
	);
	assert.equal(readdirSync(join(folder, "station")).length, 4, "two logs and two labels");
	const figures = await ended({ command: commandOf(["opendms", "station", "figures"]), folder });
	assert.match(figures.out, /^2 made, 0 failed: 100 %, at the first try /m);
	assert.match(figures.out, /^provision +\d+\.\d +\d+\.\d$/m);
});
