/** A day without the service, how a fleet comes back, and the service's wish to be left alone. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../hosts/board/random.js";
import { randomFraction } from "../../src/network/retry.js";
import { linesOf, prepareService } from "../journey/journey.js";
import { signedBy } from "../journey/signed-answer.js";
import { type Between, inWorld, start } from "../journey/world.js";

const minute = 60_000;
const hour = 60 * minute;
const devices = 20;

interface Day {
	/** When the device asked in vain, in milliseconds since it was told to provision. */
	readonly attempts: readonly number[];
	/** How long after the service came back it was provisioned. */
	readonly returned: number;
}

/** The day of one device: its owner has typed the token and gone away. */
async function offlineDay(seed: number): Promise<Day> {
	const attempts: number[] = [];
	let day: Day | undefined;
	let isBack = false;
	let now = (): number => 0;
	const between: Between = async (request, service) => {
		if (isBack) return service.fetch(request);
		attempts.push(now() - start);
		return undefined; // Silence: the worst that a network does.
	};
	await inWorld({ processor: "v8", seed, between }, async (world) => {
		now = () => world.clock.now();
		const { terminal, clock, board } = world;
		const lines = linesOf(await prepareService(world)).slice(0, 4);
		await terminal.powerOn();
		for (const line of lines) await terminal.type(line);
		await clock.run(24 * hour);
		isBack = true;
		const back = now();
		await terminal.until("[Provisioned]");
		day = { attempts, returned: now() - back };
		assert.deepEqual(board.faults, []);
	});
	assert.ok(day);
	return day;
}

test("after a day without the service a fleet is back within the hour, spread", async (context) => {
	const days: Day[] = [];
	for (let seed = 1; seed <= devices; seed++) days.push(await offlineDay(seed));
	const returns = days.map(({ returned }) => returned).sort((left, right) => left - right);
	const median = returns[devices / 2] ?? 0;
	assert.ok((returns.at(-1) ?? 0) <= hour + minute, "all are back after an hour");
	assert.ok(median > 5 * minute && median < 55 * minute, "half of them in " + median + " ms");
	const perMinute = new Map<number, number>();
	for (const returned of returns) {
		const key = Math.floor(returned / minute);
		perMinute.set(key, (perMinute.get(key) ?? 0) + 1);
	}
	assert.ok(Math.max(...perMinute.values()) <= 4, "no rush");
	const counts = days.map(({ attempts }) => attempts.length);
	context.diagnostic(
		`${devices} devices: ${Math.min(...counts)} to ${Math.max(...counts)} attempts in the day; ` +
			`back after ${Math.round((returns[0] ?? 0) / 1000)} to ` +
			`${Math.round((returns.at(-1) ?? 0) / 1000)} s, half of them within ` +
			`${Math.round(median / 1000)} s`,
	);
});

test("waits grow to about half an hour on average, and never stick or overflow", async () => {
	const { attempts } = await offlineDay(99);
	const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
	const late = waits.filter((_wait, index) => (attempts[index] ?? 0) > 6 * hour);
	// Three attempts make a call; between calls the finisher waits.
	const between = late.filter((wait) => wait > minute);
	assert.ok(between.length > 10, between.length + " waits");
	assert.ok(Math.max(...between) <= hour + minute);
	const mean = between.reduce((sum, wait) => sum + wait, 0) / between.length;
	assert.ok(mean > 15 * minute && mean < 45 * minute, "mean " + mean);
	assert.equal(new Set(between).size, between.length, "no two are alike");
});

/** What answers with `retry-after` first, and whose answer it is. */
const busy = (retryAfter: string, status = 503): Response =>
	new Response(null, { status, headers: { "retry-after": retryAfter } });

test("the service's retry-after is obeyed, also by the next call, at its own address", async () => {
	const asked: number[] = [];
	let wasRefused = false;
	let now = (): number => 0;
	const between: Between = async (request, service) => {
		asked.push(now());
		const isRefused = new URL(request.url).pathname === "/provision" && !wasRefused;
		if (!isRefused) return service.fetch(request);
		wasRefused = true;
		return signedBy(service, request, busy("600"));
	};
	await inWorld({ processor: "v8", seed: 1, between }, async (world) => {
		now = () => world.clock.now();
		const { terminal, clock } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world));
		for (const line of lines.slice(0, 4)) await terminal.type(line);
		const refusedAt = asked.at(-1) ?? 0;
		const count = asked.length;
		assert.match(await terminal.type(lines[3] ?? ""), /asks to wait \d+ seconds/);
		await terminal.type("set dms.host other.test");
		assert.doesNotMatch(await terminal.type(lines[3] ?? ""), /asks to wait/);
		await terminal.type('set dms.host ""');
		const others = asked.length;
		await clock.run(580_000);
		assert.equal(asked.length, others, "nobody asked before the time");
		await terminal.until("[Provisioned]");
		assert.ok((asked[others] ?? 0) - refusedAt >= 599_000, String(count));
	});
});

for (const refused of ["/hello", "/provision"]) {
	for (const retryAfter of ["999999999", "Sun, 06 Nov 2094 08:49:37 GMT", "3"]) {
		const name = `an unsigned retry-after (${retryAfter}) silences nobody: ${refused}`;
		test(name, async () => {
			let isRefusing = true;
			const between: Between = async (request, service) =>
				isRefusing && new URL(request.url).pathname === refused
					? busy(retryAfter)
					: service.fetch(request);
			await inWorld({ processor: "v8", seed: 1, between }, async ({ terminal, ...world }) => {
				await terminal.powerOn();
				const lines = linesOf(await prepareService({ terminal, ...world }));
				for (const line of lines.slice(0, 4)) await terminal.type(line);
				isRefusing = false;
				assert.match(await terminal.type(lines[3] ?? ""), /Success|already provisioned/);
			});
		});
	}
}

test("nobody is asked before the time, however often the service puts it off", async () => {
	const refusals = 40;
	const random = seededRandom("retry-after");
	const early: string[] = [];
	let now = (): number => 0;
	let notBefore = 0;
	let count = 0;
	const between: Between = async (request, service) => {
		if (now() < notBefore) early.push(`${notBefore - now()} ms before, refusal ${count}`);
		if (count === refusals || new URL(request.url).pathname !== "/provision") {
			return service.fetch(request);
		}
		const seconds = 1 + Math.floor(randomFraction({ random }) * 3_600);
		notBefore = now() + seconds * 1000;
		count++;
		return signedBy(service, request, busy(String(seconds), count % 3 === 0 ? 429 : 503));
	};
	await inWorld({ processor: "v8", seed: 1, between }, async (world) => {
		now = () => world.clock.now();
		const { terminal } = world;
		await terminal.powerOn();
		const lines = linesOf(await prepareService(world));
		for (const line of lines.slice(0, 4)) await terminal.type(line);
		await terminal.until("[Provisioned]");
	});
	assert.equal(count, refusals);
	assert.deepEqual(early, []);
});
