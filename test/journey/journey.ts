/** The whole way of a device, from blank to active, whatever comes between. */

import assert from "node:assert/strict";
import type { Board } from "../../hosts/board/board.js";
import { type Identity, identityOf } from "../../src/dms/lifecycle.js";
import { ProvisionStatus } from "../../src/dms/provision-status.js";
import { crc32 } from "../../src/encoding/crc32.js";
import { decodeMap } from "../../src/protocol/message-pack.js";
import { BoardIsOff } from "./terminal.js";
import { network, product, user, type World } from "./world.js";

export interface Tokens {
	readonly provisioning: string;
	readonly claim: string;
}

/** A user, a product of hers, and a token of each kind. */
export async function prepareService(world: World): Promise<Tokens> {
	const service = world.service();
	await service.users.add(user);
	await service.products.add({ code: product, title: "Lamp", platform: "board", owner: user });
	return newTokens(world);
}

async function newTokens(world: World): Promise<Tokens> {
	const { tokens } = world.service();
	const provisioning = await tokens.addProvisioning();
	const claim = await tokens.addClaim({ user });
	return { provisioning: provisioning.token, claim: claim.token };
}

/** What somebody types who wants the device to become active. */
export function linesOf(tokens: Tokens): string[] {
	return [
		"set wlan.ssid " + network.ssid,
		'set wlan.passkey "' + network.passkey + '"',
		"save",
		"dms_provision " + tokens.provisioning,
		"dms_claim " + tokens.claim,
		"dms_activate " + product,
	];
}

/** A person gives up on a device that has not come through after so many tries. */
const triesMaximum = 60;
/**
 * How long a person waits before the next try: twice as long each time, up to an hour. All of them
 * are more than the day that a service whose clock was ahead for a moment can cost.
 */
const patienceMilliseconds = 20_000;
const patienceMaximumMilliseconds = 3_600_000;

/** How a device became active. */
export interface Journey {
	/** How often a person has typed the lines. */
	readonly tries: number;
	/** All that were asked for on the way. */
	readonly tokens: readonly Tokens[];
}

/**
 * Types the lines, again from the start after each failure, as a person would; with new tokens only
 * when the service doesn't know the old ones.
 */
export async function makeJourney(
	world: World,
	given: Tokens,
	absence?: { readonly line: number; readonly days: number },
): Promise<Journey> {
	let tokens = given;
	const all = [given];
	for (let tries = 1; tries <= triesMaximum; tries++) {
		try {
			if (!world.board.isOn) await world.terminal.powerOn();
			let isDone = true;
			for (const [index, line] of linesOf(tokens).entries()) {
				if (tries === 1 && index === absence?.line) await liesInDrawer(world, absence.days);
				const answer = await world.terminal.type(line);
				const isReset = answer.includes("[Ready]");
				if (isReset || answer.includes("Command failed")) isDone = false;
				if (answer.includes("[Console only")) await world.board.powerOff();
				if (isTokenVoid(answer)) all.push((tokens = await newTokens(world)));
				if (answer.includes("factory_reset <MAC>")) await resetToFactory(world);
			}
			if (isDone && world.board.isOn) return { tries, tokens: all };
			const wait = patienceMilliseconds * 2 ** (tries - 1);
			await world.clock.run(Math.min(wait, patienceMaximumMilliseconds));
		} catch (error) {
			if (!(error instanceof BoardIsOff)) throw error;
		}
	}
	assert.fail("no journey after " + triesMaximum + " tries:\n" + world.terminal.transcript);
}

/** The service doesn't know it, or, by a clock that is years ahead, not any more. */
function isTokenVoid(answer: string): boolean {
	return answer.includes("has no such token") || answer.includes("token has expired");
}

async function liesInDrawer({ board, clock, terminal }: World, days: number): Promise<void> {
	await board.powerOff();
	await clock.run(days * 86_400_000);
	await terminal.powerOn();
}

/** What the device's sentence advises where a wrong time has been stored. */
async function resetToFactory({ board, terminal }: World): Promise<void> {
	const answer = await terminal.type("factory_reset " + board.mac);
	if (!answer.includes("Command failed")) await terminal.until("[Ready]\r\n> ");
}

/** Fails unless device and service agree that all is well, and nothing is left over. */
export async function checkEnd(world: World): Promise<void> {
	const { terminal, board } = world;
	const status = await valueOf(world, "dms.provision.status");
	assert.equal(status, String(ProvisionStatus.Complete), terminal.transcript);
	const devices = await world.service().devices.list();
	assert.equal(devices.length, 1, "one device");
	const [device] = devices;
	assert.equal(device?.state, "provisioned");
	assert.equal(device?.owner, user);
	assert.equal(device?.product, product);
	assert.equal(await valueOf(world, "system.uuid"), device?.uuid);
	const copies = ["identity.a", "identity.b"].map((key) => board.nvs.read("opendms", key));
	const [first, second] = copies.map(recordOf);
	// The time alone is written once a week, into one of them.
	assert.deepEqual({ ...first, time: 0 }, { ...second, time: 0 }, "both are whole and alike");
	assert.equal(first?.token, undefined, "neither holds the token");
	assert.equal(first?.uuid, device?.uuid);
}

/** What the flash of a board that has come to the end of its journey says who it is. */
export function identityIn(board: Board): Identity {
	const copies = ["identity.a", "identity.b"].map((key) => board.nvs.read("opendms", key));
	const [first, second] = copies.map(recordOf);
	return identityOf(first ?? second ?? {});
}

/** The map in a record's copy, when the copy is whole. */
function recordOf(copy: Uint8Array | undefined): ReturnType<typeof decodeMap> {
	if (copy === undefined) return undefined;
	const isWhole = Buffer.from(copy).readUInt32BE(0) === crc32(copy, 4);
	return isWhole ? decodeMap(copy.subarray(8)) : undefined;
}

/** The value of a variable, also of a device whose power fails when it is asked. */
async function valueOf(world: World, name: string): Promise<string> {
	for (;;) {
		try {
			if (!world.board.isOn) await world.terminal.powerOn();
			const answer = await world.terminal.type("get " + name);
			const value = answer.slice(answer.lastIndexOf("\n") + 1); // Without log lines before it.
			if (!answer.includes("[Ready]")) return value; // Else a reset came in between.
		} catch (error) {
			if (!(error instanceof BoardIsOff)) throw error;
		}
	}
}
