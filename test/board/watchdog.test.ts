/** A program that does not come back is ended; and each boot says why the run before ended. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildImage } from "../../hosts/board/build-image.js";
import { inWorld } from "../journey/world.js";

const app = fileURLToPath(new URL("../device/faulty-app.js", import.meta.url));
/** Enough for any turn of ours, and soon over. */
const turnSteps = 1_000_000;
const image = buildImage({ app, version: "0.1.0.0" });

for (const processor of ["v8", "xs"] as const) {
	test("each end of a run is the next one's reason, on " + processor, async () => {
		const options = { processor, image, turnSteps };
		await inWorld(options, async ({ terminal, board }) => {
			await terminal.powerOn();
			assert.equal(await terminal.type("reason"), "power");
			const ways = [
				["reboot", "software"],
				["fault timer", "panic"],
				["fault command", "panic"],
				["hang asking", "watchdog"],
			] as const;
			for (const [line, reason] of ways) {
				terminal.send(line);
				await terminal.until("[Ready]\r\n> ");
				assert.equal(await terminal.type("reason"), reason, line);
			}
			await board.powerOff();
			await terminal.powerOn();
			assert.equal(await terminal.type("reason"), "power");
		});
	});
}

test("on XS, a loop that asks nobody anything is ended too", async () => {
	const options = { processor: "xs", image, turnSteps } as const;
	await inWorld(options, async ({ terminal, board }) => {
		await terminal.powerOn();
		terminal.send("hang silently");
		await terminal.until("[Ready]\r\n> ");
		assert.equal(await terminal.type("reason"), "watchdog");
		assert.equal(board.faults.at(-1)?.reason, "watchdog");
	});
});
