/** A device whose owner has gone: it gets its identity by itself. */

import assert from "node:assert/strict";
import { statusOf } from "../../src/dms/lifecycle.js";
import { ProvisionStatus } from "../../src/dms/provision-status.js";
import { identityIn, linesOf, type Tokens } from "../journey/journey.js";
import { BoardIsOff } from "../journey/terminal.js";
import type { World } from "../journey/world.js";

const hourMilliseconds = 3_600_000;
/**
 * A wrong clock of the service can cost a day, and so can a fault that flash doesn't take the count
 * of; the longest wait of the back-off is an hour.
 */
const patienceHours = 52;

/** Types until flash holds the token; from then on only turns on a board whose power failed. */
export async function provisionAlone(world: World, tokens: Tokens): Promise<void> {
	while (isBlank(world)) {
		await orPowerFails(async () => {
			if (!world.board.isOn) await world.terminal.powerOn();
			for (const line of linesOf(tokens).slice(0, 4)) {
				// What was typed before a reset is lost.
				if (/\[Ready\]|Command failed/.test(await world.terminal.type(line))) break;
			}
		});
	}
	for (let hours = 0; hours < patienceHours; hours++) {
		if (isComplete(world)) return;
		await orPowerFails(async () => {
			if (!world.board.isOn) await world.terminal.powerOn();
			await world.clock.run(hourMilliseconds);
		});
	}
	assert.fail("not provisioned after " + patienceHours + " hours");
}

function isBlank({ board }: World): boolean {
	return statusOf(identityIn(board)) === ProvisionStatus.IncompleteAndNoToken;
}

function isComplete({ board }: World): boolean {
	return statusOf(identityIn(board)) === ProvisionStatus.Complete;
}

async function orPowerFails(act: () => Promise<void>): Promise<void> {
	try {
		await act();
	} catch (error) {
		if (!(error instanceof BoardIsOff)) throw error;
	}
}
