/** A release to a whole fleet: each device asks, fetches the statement and reports four times. */

import type { Fleet } from "./fleet.js";
import { load } from "./load.js";
import { poll, report, statement } from "./requests.js";
import type { ServerProcess } from "./server-process.js";

export interface Release {
	readonly microsecondsPerDevice: number;
	/** What the last tenths of the devices cost beside the first ones: 1 when it is linear. */
	readonly growth: number;
}

const parts = 10;
const clients = 32;
/** The download breaks off once; then it is whole, on trial, confirmed. */
const reports = [
	[15, 40],
	[4, 100],
	[4, 0],
	[1, 0],
] as const;

export async function measureRelease(server: ServerProcess, fleet: Fleet): Promise<Release> {
	await fleet.release();
	const { bundle, keys } = fleet;
	const costs: number[] = [];
	const length = Math.ceil(keys.length / parts);
	for (let start = 0; start < keys.length; start += length) {
		const some = keys.slice(start, start + length);
		const steps = [
			some.map((key) => poll(key)),
			some.map(() => statement(bundle)),
			...reports.map(([status, percent]) =>
				some.map((key) => report(key, bundle, status, percent)),
			),
		];
		let microseconds = 0;
		for (const [index, requests] of steps.entries()) {
			const status = index < 2 ? 200 : 204;
			// A device has one connection for each request.
			const done = await load(server, { requests, clients, isFresh: true, status });
			microseconds += done.microseconds;
		}
		costs.push(microseconds);
	}
	const third = Math.ceil(costs.length / 3);
	return {
		microsecondsPerDevice: mean(costs),
		growth: mean(costs.slice(-third)) / mean(costs.slice(0, third)),
	};
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
