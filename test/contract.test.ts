/** Plays the contract of every port on both processors of the board. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { cutPoints } from "../hosts/board/power.js";
import { type PortName, tables } from "./contract/tables.js";
import { wrongHosts } from "./contract/wrong.js";
import { playRow, type ProcessorName, type Setting } from "./board/contract-player.js";

const ports = Object.keys(tables) as PortName[];
const processors: readonly ProcessorName[] = ["XS", "V8"];

for (const processor of processors) {
	for (const port of ports) {
		test(`the contract of ${port} holds on ${processor}`, async (context) => {
			for (const [index, row] of tables[port].entries()) {
				const { kind, why } = await playRow(port, index, { processor });
				await context.test(row.name, { skip: kind === "not applicable" && kind }, () =>
					assert.equal(kind, "kept", why),
				);
			}
		});
	}

	test(`a cut write leaves what it may, wherever it is cut, on ${processor}`, async () => {
		const name = "a write that power cuts leaves the old value, the new one or none";
		const index = tables.keyValue.findIndex((row) => row.name.startsWith(name));
		for (const cutPoint of cutPoints) {
			const { kind, why } = await playRow("keyValue", index, { processor, cutPoint });
			assert.equal(kind, "kept", cutPoint + ": " + why);
		}
	});
}

test("a row that asks for what is not offered is not applicable, and is no failure", async () => {
	const counts = { kept: 0, broken: 0, "not applicable": 0 };
	for (const port of ports) {
		for (const index of tables[port].keys()) {
			counts[(await playRow(port, index, { processor: "V8", offers: {} })).kind]++;
		}
	}
	assert.equal(counts.broken, 0);
	assert.ok(counts.kept > 30 && counts["not applicable"] > 30, JSON.stringify(counts));
});

for (const port of ports) {
	for (const wrong of Object.keys(wrongHosts[port])) {
		test(`the contract of ${port} finds a host that ${wrong}`, async () => {
			const setting: Setting = { processor: "V8", wrong };
			for (const index of tables[port].keys()) {
				if ((await playRow(port, index, setting)).kind === "broken") return;
			}
			assert.fail("no row found it");
		});
	}
}
