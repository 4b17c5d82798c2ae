/** How long a device waits that fails again and again, for any number of failures. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../hosts/board/random.js";
import { Finisher } from "../../src/dms/finisher.js";
import { ceilingMaximumMilliseconds } from "../../src/network/retry.js";
import { DmsError, DmsResult } from "../../src/protocol/result.js";

const ceilings = [...Array(20).keys()].map((doublings) =>
	Math.min(1000 * 2 ** doublings, ceilingMaximumMilliseconds),
);

/** A finisher whose every try fails, and what it waits for. */
class Unlucky {
	readonly finisher: Finisher;
	/** All waits it has asked for, in milliseconds. */
	readonly waits: number[] = [];
	/** Timers that run: their callbacks by their ids. */
	readonly timers = new Map<number, () => void>();

	constructor(seed: number) {
		const timer = {
			set: (callback: () => void, milliseconds: number) => {
				this.waits.push(milliseconds);
				this.timers.set(this.waits.length, callback);
				return this.waits.length;
			},
			clear: (id: unknown) => void this.timers.delete(Number(id)),
		};
		const fail = (error: unknown): never => assert.fail(String(error));
		this.finisher = new Finisher({
			host: {
				timer,
				crypto: { random: seededRandom(seed) },
				system: { fail },
			},
			dms: {
				isUnfinished: true,
				isRenewalDue: false,
				isTimeUnknown: false,
				finish: () => Promise.reject(new DmsError(DmsResult.ConnectionFailed)),
			},
			log: fail,
		});
	}

	/** The one timer that runs is over; the try that follows fails. */
	async wait(): Promise<void> {
		const [entry, ...others] = this.timers;
		assert.ok(entry !== undefined && others.length === 0, "one timer runs");
		const [id, callback] = entry;
		this.timers.delete(id);
		callback();
		await new Promise((resolve) => setImmediate(resolve));
	}

	async fail(times: number): Promise<readonly number[]> {
		this.finisher.begin();
		for (let count = 1; count < times; count++) await this.wait();
		return this.waits;
	}
}

function meanOf(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

test("waits double up to an hour, and are spread over devices at every step", async () => {
	const devices = 400;
	const waits = await Promise.all(
		[...Array(devices).keys()].map((seed) => new Unlucky(seed).fail(ceilings.length)),
	);
	for (const [step, ceiling] of ceilings.entries()) {
		const atStep = waits.map((all) => all[step] ?? NaN);
		assert.ok(atStep.every((wait) => wait >= 0 && wait < ceiling));
		// Each quarter of the time gets about a quarter of the devices.
		for (const quarter of [0, 1, 2, 3]) {
			const count = atStep.filter((wait) => Math.floor((4 * wait) / ceiling) === quarter).length;
			assert.ok(count > devices / 8 && count < (devices * 3) / 8, step + ": " + count);
		}
	}
});

test("after 20,000 failures waits are still those of full jitter", async () => {
	const waits = await new Unlucky(1).fail(20_000);
	assert.equal(waits.length, 20_000);
	assert.ok(waits.every((wait) => Number.isInteger(wait) && wait >= 0));
	assert.ok(waits.every((wait) => wait <= ceilingMaximumMilliseconds));
	for (let from = ceilings.length; from + 1000 <= waits.length; from += 1000) {
		const some = waits.slice(from, from + 1000);
		const mean = meanOf(some) / ceilingMaximumMilliseconds;
		assert.ok(mean > 0.45 && mean < 0.55, "from " + from + " on: " + mean);
		assert.ok(new Set(some).size > 990, "never the same again and again");
	}
});

test("who begins anew soon asks soon, and never twice at the same time", async () => {
	const unlucky = new Unlucky(2);
	await unlucky.fail(30);
	for (let count = 0; count < 100; count++) {
		unlucky.finisher.begin();
		assert.ok((unlucky.waits.at(-1) ?? NaN) < 1000);
		assert.equal(unlucky.timers.size, 1);
		if (count % 3 === 0) await unlucky.wait();
	}
});
