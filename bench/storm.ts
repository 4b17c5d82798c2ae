/** Ten thousand devices that come back at once, as after a power cut. */

import { type Benchmark, type Measurement, table } from "./benchmark.js";
import { createFleet } from "./service/fleet.js";
import { poll } from "./service/requests.js";
import { pinClient, startService } from "./service/server-process.js";
import { storm as play } from "../test/dms/storm.js";

const clients = 10_000;

export const storm: Benchmark = {
	summary: "ten thousand devices that come back at once",
	measure: () => measureStorm(clients),
};

export async function measureStorm(count: number): Promise<Measurement> {
	pinClient();
	const fleet = await createFleet(count);
	const server = await startService(fleet.data);
	try {
		const { served, gaveUp, failedTries, perSecond } = await play(
			server.port,
			fleet.keys.map((key) => poll(key)),
		);
		const { peakBytes } = await server.meter();
		// The first second begins late, and the last ends early.
		const whole = perSecond.slice(1, -1);
		const best = Math.max(0, ...whole);
		const least = Math.min(best, ...whole);
		const figures = {
			...{ clients: count, served, gaveUp, failedTries, seconds: perSecond.length },
			...{ bestPerSecond: best, leastPerSecond: least },
			memoryMiB: Math.ceil(peakBytes / 2 ** 20),
		};
		const text = table(Object.entries(figures)) + "\nserved in each second: " + perSecond.join(" ");
		return { figures, text };
	} finally {
		await server.stop();
		fleet.remove();
	}
}
