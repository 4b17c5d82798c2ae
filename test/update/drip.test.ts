/** Somebody on the way who lets an image through by drops: the device doesn't wait for years. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../hosts/board/clock.js";
import type { Events, OutgoingRequest, Transport } from "../../hosts/board/transport.js";
import { FaultyNetwork, headersOf, requestOf } from "../journey/faulty-network.js";
import { bundleOf, inFleet, newImage, newVersion } from "./fleet.js";

type Answer = (request: Request) => Promise<Response | undefined>;

const nothing = (): Promise<void> => Promise.resolve();

/** One byte of an image each 9 seconds, within the time-out for silence; all else as it is. */
function dripping(clock: Clock, answer: Answer, isOn: () => boolean): Transport {
	const victims = { dieOf: nothing, kill: nothing, backUp: nothing, restore: nothing };
	const others = {
		...{ setClockError: () => undefined, jumpDeviceClock: () => undefined },
		loseNetwork: () => undefined,
	};
	const net = new FaultyNetwork(clock, { ...victims, ...others, answer }, new Map());
	return (request, events) =>
		isOn() && request.path.endsWith("/image")
			? drip(clock, answer, request, events)
			: net.transport(request, events);
}

function drip(clock: Clock, answer: Answer, request: OutgoingRequest, events: Events) {
	let isOpen = true;
	const carry = async (): Promise<void> => {
		const response = await answer(requestOf(request, new Uint8Array(0)));
		if (response === undefined) return;
		const bytes = new Uint8Array(await response.arrayBuffer());
		events.onConnected();
		events.onHeaders(response.status, headersOf(response, bytes));
		const next = (at: number): void => {
			clock.after(9_000, () => {
				if (!isOpen) return;
				events.onData(bytes.slice(at, at + 1));
				next(at + 1);
			});
		};
		next(0);
	};
	const release = clock.hold();
	void carry().finally(release);
	return { write: () => undefined, close: () => void (isOpen = false) };
}

test("a download that only drips is broken off, and goes on when it flows again", async () => {
	let isOn = true;
	const transport = (clock: Clock, answer: Answer) => dripping(clock, answer, () => isOn);
	await inFleet({ transport }, async ({ bundles, clock, terminal }) => {
		bundles.bundle = bundleOf(newImage);
		const start = clock.now();
		assert.match(await terminal.type("dfu_update"), /broke off too often/);
		assert.ok(clock.now() - start < 15 * 60_000, "it took a quarter of an hour at most");
		isOn = false;
		terminal.send("dfu_update");
		await terminal.until("[Updated to " + newVersion);
	});
});
