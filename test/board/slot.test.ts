/** The board's boot ROM keeps the slot contract, at every cut of power too. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BootRom, programImage } from "../../hosts/board/boot.js";
import { boardPlatform, encodeImage } from "../../hosts/board/image.js";
import type { Value } from "../../hosts/board/processor.js";
import { cutPoints, type Occasion, Power, PowerLoss } from "../../hosts/board/power.js";
import { MemoryState } from "../../hosts/board/state.js";
import { bytesOf, numberOf } from "../../hosts/board/operations.js";
import { slotContract, type SlotMachine } from "./slot-contract.js";

const image = encodeImage(
	{ platform: boardPlatform, version: "1.0.0.0", built: "2026-01-01T00:00:00Z" },
	[{ name: "start.js", source: "export default () => () => {};" }],
);

class BoardMachine implements SlotMachine {
	readonly power: Power;
	readonly #rom: BootRom;

	constructor(cuts: readonly Occasion[] = []) {
		const state = new MemoryState();
		programImage(state, image);
		this.power = new Power(cuts);
		this.#rom = new BootRom(state, this.power);
	}

	do(command: string): string {
		switch (command) {
			case "boot": {
				const selected = this.#rom.select();
				if (selected === undefined) return "nothing";
				const slot = String(this.#ask("boot.slot"));
				return slot + (this.#ask("boot.isOnTrial") === true ? " on trial" : "");
			}
			case "write image":
				return this.#write(image);
			case "write rubbish":
				return this.#write(image.map((byte) => byte ^ 1));
			case "spoil":
				return this.#write(image.map((byte, index) => (index === 20 ? 0 : byte)));
			default:
				return this.#attempt("boot." + command);
		}
	}

	#write(bytes: Uint8Array): string {
		if (this.#attempt("flash.open") === "refused") return "refused";
		this.#ask("flash.erase", 0);
		this.#ask("flash.write", bytes, 0);
		const written = this.#ask("flash.read", bytes.length, 0);
		assert.deepEqual(Buffer.from(bytesOf(written)), Buffer.from(bytes));
		return "done";
	}

	#attempt(operation: string): string {
		try {
			this.#ask(operation);
			return "done";
		} catch (error) {
			if (error instanceof PowerLoss) throw error;
			return "refused";
		}
	}

	#ask(operation: string, ...values: Value[]): Value {
		return this.#rom.operations[operation]?.(...values);
	}
}

for (const [promise, steps] of Object.entries(slotContract)) {
	test("the board's boot ROM: " + promise, () => {
		const machine = new BoardMachine();
		for (const [command, answer] of steps) assert.equal(machine.do(command), answer, command);
	});
}

test("the other slot is as long as a slot is, in erase blocks", () => {
	const { operations } = new BootRom(new MemoryState(), new Power());
	const blocks = numberOf(operations["flash.blocks"]?.());
	assert.equal(blocks * numberOf(operations["flash.blockLength"]?.()), 0x1e0000);
});

test("whatever cut of power comes between, an image runs, and the update comes through", () => {
	const way = ["boot", "write image", "arm", "boot", "confirm"];
	const whole = new BoardMachine();
	for (const command of way) whole.do(command);
	const { flashOperations } = whole.power;
	for (let index = 0; index < flashOperations; index++) {
		for (const point of cutPoints) {
			const machine = new BoardMachine([{ kind: "flash", index, point }]);
			const run = (): void => way.forEach((command) => void machine.do(command));
			assert.throws(run, PowerLoss);
			const after = machine.do("boot");
			assert.match(after, /^ota_[01]/, "something runs: " + index + " " + point);
			if (after === "ota_0") for (const command of way.slice(1)) machine.do(command);
			if (after === "ota_1 on trial") machine.do("confirm");
			assert.equal(machine.do("boot"), "ota_1");
		}
	}
});
