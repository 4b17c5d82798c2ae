/** An update over a network that is as bad as some are. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../hosts/board/random.js";
import { MemoryState } from "../../hosts/board/state.js";
import { BadAir } from "./bad-network.js";
import { bundleOf, inFleet } from "./fleet.js";

const imageLength = 1_400_000;
const block = 16_384;
const second = 1000;
const minute = 60 * second;
const hour = 3_600_000;
const withinMilliseconds = 3 * hour;
/** Not one that a board starts: it is to come, and to be whole. */
const image = seededRandom("an image")(imageLength);

/** How often the access point goes, and for how long. */
const networks = [
	["a bad network", "v8", 5 * minute, 40 * second],
	["a bad network", "xs", 5 * minute, 40 * second],
] as const;

for (const [name, processor, every, away] of networks) {
	test(`1.4 MB come within 3 hours over ${name}, and once, on ${processor}`, async (context) => {
		const net = new BadAir();
		const state = new MemoryState();
		const options = { processor, state, transport: net.transport, seed: 1 };
		await inFleet(options, async ({ board, bundles, clock, terminal }) => {
			for (const line of ["set dfu.poll_enabled 1", "save"]) await terminal.type(line);
			bundles.bundle = bundleOf(image, { block });
			net.begin(board, clock, every, away);
			const begin = clock.now();
			terminal.send("dfu_update");
			const isHere = (): boolean => terminal.transcript.includes("[Download 100 %]");
			await clock.runUntil(() => isHere() || clock.now() - begin > withinMilliseconds);
			assert.ok(isHere(), "it has come");
			const slot = Buffer.from(state.read("ota_1.bin") ?? []);
			assert.ok(slot.subarray(0, imageLength).equals(image));
			const { ranges } = bundles;
			assert.ok(ranges.length > 3, "it was no easy way");
			assert.deepEqual(
				ranges,
				[...ranges].sort((left, right) => left - right),
			);
			const most = imageLength + (ranges.length - 1) * block;
			assert.ok(net.imageBytes < most, "no block comes twice but those that were cut");
			context.diagnostic(
				Math.round((clock.now() - begin) / 60_000) +
					" minutes, " +
					ranges.length +
					" requests for the image, " +
					net.imageBytes +
					" bytes of it",
			);
		});
	});
}
