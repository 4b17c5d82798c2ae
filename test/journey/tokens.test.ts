/** What becomes of a second token, given while the first one is under way. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEnd, identityIn, linesOf, makeJourney, prepareService } from "./journey.js";
import { type Between, inWorld, type World, type WorldOptions } from "./world.js";

interface Second {
	readonly world: World;
	readonly between: { isCut: boolean };
	readonly first: string;
	readonly second: string;
}

/** A device whose first token was answered up to the request of this method, which was not. */
async function withSecondToken(
	method: string,
	act: (second: Second) => Promise<void>,
	options: Partial<WorldOptions> = {},
) {
	const cut = { isCut: true };
	const between: Between = async (request, service) => {
		const isCut = cut.isCut && request.method === method;
		const response = await service.fetch(request);
		return isCut ? undefined : response;
	};
	// With a seed, no try in the background ever comes before what is typed.
	await inWorld({ processor: "v8", seed: 1, between, ...options }, async (world) => {
		const tokens = await prepareService(world);
		await world.terminal.powerOn();
		const lines = linesOf(tokens);
		for (const line of lines.slice(0, 3)) await world.terminal.type(line);
		assert.match(await world.terminal.type(lines[3] ?? ""), /Command failed/);
		const { token } = await world.service().tokens.addProvisioning();
		await act({ world, between: cut, first: tokens.provisioning, second: token });
	});
}

test("a token that takes the place of one already spent gets a key of its own", async () => {
	await withSecondToken("POST", async ({ world, between, second }) => {
		const { service, terminal, board } = world;
		const { key } = identityIn(board);
		between.isCut = false;
		assert.match(await terminal.type("dms_provision " + second), /Success$/);
		assert.equal(await terminal.type("get dms.provision.status"), "3");
		assert.notDeepEqual(identityIn(board).key, key);
		const states = (await service().devices.list()).map(({ state }) => state).sort();
		assert.deepEqual(states, ["issued", "provisioned"], "the first never said it had got it");
	});
});

test("a token given before the acknowledgement changes nothing, and stays open", async () => {
	await withSecondToken("PUT", async ({ world, between, first, second }) => {
		const { service, terminal, board } = world;
		const { key } = identityIn(board);
		between.isCut = false;
		assert.match(await terminal.type("dms_provision " + second), /Success$/);
		assert.deepEqual(identityIn(board).key, key);
		const kept = (await service().tokens.list()).filter(({ kind }) => kind === "provisioning");
		assert.deepEqual(kept.map(({ state }) => state).sort(), ["open", "used"]);
		const { token: claim } = await service().tokens.addClaim({ user: "alice" });
		await makeJourney(world, { provisioning: first, claim });
		await checkEnd(world);
	});
});

test("a try in the background that finds nothing left to do says nothing", async () => {
	const act = async ({ world, between, second }: Second): Promise<void> => {
		const { clock, terminal } = world;
		between.isCut = false;
		assert.match(await terminal.type("dms_provision " + second), /Success$/);
		await clock.run(60_000);
		assert.doesNotMatch(terminal.transcript, /\[Provisioned\]/);
	};
	// While the keys are worked on, the wait of the one in the background is over.
	await withSecondToken("PUT", act, { keyOperationMilliseconds: 2_000 });
});
