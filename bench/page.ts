/** What the page costs the service: open pages, and the list of a large fleet. */

import { once } from "node:events";
import { type ClientRequest, get } from "node:http";
import { createServer } from "node:net";
import { openService } from "../hosts/dms/service.js";
import { DfuStatus } from "../src/update/status.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";
import { createFleet, type Fleet, newVersion, product } from "./service/fleet.js";
import { load } from "./service/load.js";
import { poll, report } from "./service/requests.js";
import { pinClient, type ServerProcess, startService } from "./service/server-process.js";

export interface PageScale {
	readonly devices: number;
	readonly pages: number;
	/** Polls of devices while pages are open; with them, rows and charts that are open change. */
	readonly polls: number;
	/** Each list is asked for so often. */
	readonly rounds: number;
}

const scaleDefault: PageScale = { devices: 100_000, pages: 100, polls: 2_000, rounds: 5 };
const pollsPerSecond = 100;
const clients = 8;
/** What a page of the list shows. */
const shownDevices = 100;
/** Of so many requests, one is a report. */
const pollsPerReport = 10;

const filters = [
	...[
		"",
		"prefix=ab",
		"named=lamp",
		"named=nowhere",
		"owner=alice",
		"owner=nobody",
		"product=" + product,
		"state=issued",
	],
	...["state=provisioned", "isLocked=true", "isLocked=false", "isCopied=true"],
	...["version=" + newVersion, "version=9.9.9.9", "seenSince=2020-01-01", "unseenSince=2020-01-01"],
	...["seenSince=2099-01-01", `product=${product}&state=issued&isLocked=false`],
];

export const page: Benchmark = {
	summary: "what open pages and the list of a large fleet cost the service",
	measure: () => measurePage(scaleDefault),
};

export async function measurePage(scale: PageScale): Promise<Measurement> {
	pinClient();
	const fleet = await createFleet(shownDevices);
	await fleet.grow(scale.devices - shownDevices);
	await fleet.release();
	const service = await openService({ data: fleet.data });
	await service.users.add("victor", { role: "viewer" });
	const { cookie } = await service.sessions.begin("victor", { address: "", agent: "" });
	await service.close();
	const port = await freePort();
	const server = await startService(fleet.data, "--api", "127.0.0.1:" + port);
	const visit = {
		url: "http://127.0.0.1:" + port,
		headers: { cookie: `opendms-${port}=${cookie}` },
	};
	try {
		let count = 0;
		const requests = () => Array.from({ length: scale.polls }, () => changing(fleet, count++));
		const options = { clients, status: [200, 204], pace: pollsPerSecond };
		await load(server, { ...options, requests: requests() }); // It warms up.
		const alone = await load(server, { ...options, requests: requests() });
		const lists = await measureLists(server, visit, scale.rounds);
		const close = await openPages(visit, scale.pages);
		const watched = await load(server, { ...options, requests: requests() });
		const { events, bytes } = close();
		const share =
			(watched.microseconds * watched.perSecond - alone.microseconds * alone.perSecond) / 1e6;
		const [worst, name] = [...lists].sort(([one], [other]) => other - one)[0] ?? [0, ""];
		const figures = {
			...{
				devices: scale.devices,
				pages: scale.pages,
				pollsPerSecond: Math.round(watched.perSecond),
			},
			...{ coreShareOfPages: rounded(share), eventsPerPage: rounded(events / scale.pages) },
			sentBytesPerSecond: rounded((bytes * watched.perSecond) / scale.polls),
			listSeconds: rounded(worst),
		};
		return {
			figures,
			text: table(Object.entries(figures)) + `\nthe dearest list: /devices?${name}`,
		};
	} finally {
		await server.stop();
		fleet.remove();
	}
}

/** A device comes with another version each time, and now and then it reports another status. */
function changing({ keys, bundle }: Fleet, count: number): Buffer {
	const key = keys[count % keys.length];
	if (key === undefined) throw new Error("There is no device.");
	const round = Math.floor(count / keys.length);
	if (count % pollsPerReport === 0) {
		return report(key, bundle, round % 2 === 0 ? DfuStatus.OnTrial : DfuStatus.Pending, 0);
	}
	return poll(key, round % 2 === 0 ? "1.0.1.0" : "1.0.2.0");
}

interface Visit {
	readonly url: string;
	readonly headers: { readonly cookie: string };
}

/** The service's processor seconds for the first page by each filter. */
async function measureLists(
	server: ServerProcess,
	{ url, headers }: Visit,
	rounds: number,
): Promise<[seconds: number, filter: string][]> {
	const costs: [number, string][] = [];
	for (const filter of filters) {
		const before = await server.meter();
		for (let round = 0; round < rounds; round++) {
			const response = await fetch(`${url}/devices?${filter}`, { headers });
			if (response.status !== 200) throw new Error(filter + " is " + response.status);
			await response.arrayBuffer();
		}
		const after = await server.meter();
		costs.push([(after.microseconds - before.microseconds) / rounds / 1e6, filter]);
	}
	return costs;
}

interface Sent {
	readonly events: number;
	readonly bytes: number;
}

/** Half look at a list of devices that change, half at their roll-out; closing them counts. */
async function openPages({ url, headers }: Visit, count: number): Promise<() => Sent> {
	const topics = ["devices?", `roll-out:${product}:release`];
	let events = 0;
	let bytes = 0;
	const requests: ClientRequest[] = [];
	for (let index = 0; index < count; index++) {
		const on = encodeURIComponent(topics[index % topics.length] ?? "");
		const request = get(`${url}/events?on=${on}`, { headers, agent: false });
		const [response] = await once(request, "response");
		if (response.statusCode !== 200) throw new Error("/events is " + response.statusCode);
		response.on("data", (some: Buffer) => {
			if (some.includes("data: ")) events++;
			bytes += some.length;
		});
		requests.push(request);
	}
	return () => {
		for (const request of requests) request.destroy();
		return { events, bytes };
	};
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	return typeof address === "object" && address !== null ? address.port : 0;
}

function rounded(value: number): number {
	return Number(value.toPrecision(2));
}
