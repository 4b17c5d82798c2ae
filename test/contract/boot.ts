/** Promises of the boot. Those of a trial are in `test/board/slot-contract.ts`. */

import type { Host, ResetReason } from "../../src/host.js";
import { equal, isTrue, thrown } from "../device/check.js";
import { type Row, untilReset } from "./row.js";
import { offered, type Surroundings } from "./surroundings.js";

const path = "contract";

/** A row in which the device is reset so, and knows why when it is back. */
function knows(
	what: string,
	reason: ResetReason,
	reset: (host: Host, around: Surroundings) => void | Promise<void>,
): Row {
	return {
		name: "after " + what + " the device knows the reason",
		run: async (host, around) => {
			await reset(host, around);
			await untilReset();
		},
		afterReset: ({ boot }) => equal(boot.reason, reason),
	};
}

export const bootRows: readonly Row[] = Object.freeze<Row[]>([
	knows("a restart", "software", ({ system }) => system.restart()),
	knows("an error that nobody expected", "panic", ({ system }) =>
		system.fail(new TypeError("planted")),
	),
	knows("a cut of power", "power", async (host, { power }) => {
		await offered(power).failAtNextWrite();
		host.keyValue.open({ path, format: "buffer" }).write("cut", new Uint8Array(4));
	}),
	{
		name: "the slot that runs has a name, which stays the same over a reset",
		run: ({ boot, system, keyValue }) => {
			isTrue(/^[a-z0-9_]{1,16}$/.test(boot.slot), boot.slot);
			const bytes = Uint8Array.from(boot.slot, (letter) => letter.charCodeAt(0));
			keyValue.open({ path, format: "buffer" }).write("slot", bytes);
			system.restart();
			return untilReset();
		},
		afterReset: ({ boot, keyValue }) => {
			const kept = keyValue.open({ path, format: "buffer" }).read("slot");
			equal(boot.slot, String.fromCharCode(...new Uint8Array(kept ?? new ArrayBuffer(0))));
		},
	},
	{
		name: "an image that came by cable is on no trial, and can confirm itself all the same",
		run: ({ boot }) => {
			equal(boot.isOnTrial, false);
			boot.confirm();
			equal(boot.isOnTrial, false);
		},
	},
	{
		name: "what is no image can't be armed, and the next boot is this image's",
		run: ({ boot, flash, system }) => {
			const slot = flash.open({ path: "nextota", mode: "r+" });
			if (slot.status().blocks > 0) slot.eraseBlock(0);
			thrown(() => boot.arm());
			system.restart();
			return untilReset();
		},
		afterReset: ({ boot }) => equal([boot.isOnTrial, boot.reason], [false, "software"]),
	},
]);
