/** What the service costs: beside a server that does nothing, and for 100,000 devices. */

import { join } from "node:path";
import { type Benchmark, type Measurement, table } from "./benchmark.js";
import { load } from "./service/load.js";
import { type Race, race } from "./service/race.js";
import { measureRelease } from "./service/release.js";
import { acknowledgement, hello, poll, report } from "./service/requests.js";
import { isPinned, pinClient, secondsOf } from "./service/server-process.js";
import { measureSignatures } from "./service/signatures.js";
import { openSite, type Site } from "./service/site.js";

export interface ServiceScale {
	/** In the database, and those of them that ask. */
	readonly devices: number;
	readonly asking: number;
	/** Of each race, and requests of a round. */
	readonly rounds: number;
	readonly requests: number;
	readonly tokens: number;
}

const scaleDefault: ServiceScale = Object.freeze({
	...{ devices: 100_000, asking: 10_000, rounds: 7, requests: 1_000, tokens: 100_000 },
});

/** Requests a second that both servers keep up with, on connections that stay and on new ones. */
const pace = 500;
const freshPace = 120;
const clients = 8;
const parallelClients = 64;
/** The releases that are counted in core minutes go to so many devices. */
const releaseDevices = 100_000;

export const service: Benchmark = {
	summary: "what the service costs, beside a bare node:https server",
	measure: () => measureService(scaleDefault),
};

export async function measureService(scale: ServiceScale): Promise<Measurement> {
	pinClient();
	const site = await openSite(scale.devices, scale.asking);
	try {
		return await measureAt(site, scale);
	} finally {
		await site.close();
	}
}

async function measureAt(site: Site, scale: ServiceScale): Promise<Measurement> {
	const signatures = measureSignatures();
	const races = await raceAll(site, scale);
	const reports = await raceReports(site, scale);
	const changes = await measureChanges(site, scale.requests * 4);
	const release = await measureRelease(site.service, site.fleet);
	const { peakBytes } = await site.service.meter();
	const csv = join(site.fleet.data, "..", "tokens.csv");
	const many = ["token", "provision", "--count", String(scale.tokens), "--csv", csv];
	const tokensSeconds = secondsOf(site.fleet.data, ...many);
	const both = signatures.verifyMicroseconds + signatures.signMicroseconds;
	const { poll: paced, pollFresh, hello: hellos } = races;
	const figures = {
		pollKeepAlive: rounded(paced.ratio),
		pollFresh: rounded(pollFresh.ratio),
		hello: rounded(hellos.ratio),
		reportRatio: rounded(reports.microseconds / reports.otherMicroseconds),
		releaseCoreMinutes: rounded((release.microsecondsPerDevice * releaseDevices) / 60e6),
		memoryMiB: Math.ceil(peakBytes / 2 ** 20),
		tokensSeconds: rounded(tokensSeconds),
		changesPerFsync: rounded(changes),
		signatureShare: rounded(both / paced.microseconds),
	};
	const lines = [
		racesText(races),
		"one verification takes " + rounded(signatures.verifyMicroseconds) + " us of processor time, ",
		"one signature " + rounded(signatures.signMicroseconds) + ": ",
		"a signed poll has one of each\n",
		"a poll without them would be " + withoutText(races, both) + "\n",
		"a release costs " + Math.round(release.microsecondsPerDevice) + " us a device; ",
		"the last third of the devices " + rounded(release.growth) + " of the first\n",
		"processes are " + (isPinned ? "" : "not ") + "pinned to their cores\n",
	];
	return { figures, text: lines.join("") + "\n" + table(Object.entries(figures)) };
}

interface Races {
	readonly poll: Race;
	readonly pollFresh: Race;
	readonly hello: Race;
	/** As fast as eight clients can: the bare server then takes many requests at each turn. */
	readonly pollFull: Race;
	readonly pollFreshFull: Race;
}

async function raceAll(site: Site, { rounds, requests }: ServiceScale): Promise<Races> {
	const { service: first, bare, bareHello, fleet } = site;
	const polls = (count: number) => () => some(fleet.keys, count).map((key) => poll(key));
	const hellos = () => Array.from({ length: requests }, () => hello());
	const common = { clients, rounds, status: 200 };
	const fresh = { ...common, isFresh: true, requests: polls(requests / 4) };
	return {
		poll: await race(first, bare, { ...common, pace, requests: polls(requests) }),
		pollFresh: await race(first, bare, { ...fresh, pace: freshPace }),
		hello: await race(first, bareHello, { ...common, pace, requests: hellos }),
		pollFull: await race(first, bare, { ...common, requests: polls(requests * 2) }),
		pollFreshFull: await race(first, bare, fresh),
	};
}

/** What a report costs in a fleet, and where next to nobody has reported yet. */
async function raceReports(site: Site, { rounds, requests }: ServiceScale): Promise<Race> {
	const count = requests / 4;
	const polls = some(site.small.keys, requests * 2).map((key) => poll(key));
	await load(site.smallService, { requests: polls, clients, status: 200 });
	return race(site.service, site.smallService, {
		...{ clients, status: 204, rounds },
		requests: (server, round) => {
			const { keys, bundle } = server === 0 ? site.fleet : site.small;
			// Each time something else than before, so that all counters change.
			const status = round % 2 === 0 ? 14 : 4;
			return some(keys, count).map((key) => report(key, bundle, status, 50));
		},
	});
}

/** Changes that were acknowledged for each wait for the disk. */
async function measureChanges({ service: server, fleet }: Site, count: number): Promise<number> {
	const requests = some(fleet.keys, count).map((key) => acknowledgement(key));
	const before = await server.meter();
	await load(server, { requests, clients: parallelClients, status: 204 });
	const after = await server.meter();
	return count / (after.commits - before.commits);
}

/** So many of them, in turn. */
function some<T>(all: readonly T[], count: number): T[] {
	const picked: T[] = [];
	for (let index = 0; picked.length < count; index++) {
		const one = all[index % all.length];
		if (one !== undefined) picked.push(one);
	}
	return picked;
}

function racesText(races: Races): string {
	const head = ["", "us a request", "bare", "ratio", "a second", "bare"];
	const rows = Object.entries(races).map(([name, one]: [string, Race]) => [
		name,
		rounded(one.microseconds),
		rounded(one.otherMicroseconds),
		rounded(one.ratio),
		Math.round(one.perSecond),
		Math.round(one.otherPerSecond),
	]);
	return table([head, ...rows]);
}

function withoutText({ poll: paced, pollFull }: Races, both: number): string {
	const ratioOf = ({ microseconds, otherMicroseconds }: Race) =>
		rounded(otherMicroseconds / (microseconds - both));
	const most = rounded(pollFull.otherMicroseconds / (pollFull.otherMicroseconds + both));
	return (
		ratioOf(paced) +
		" of the bare one, and at full load " +
		ratioOf(pollFull) +
		"; with them and nothing else it could be " +
		most +
		" at full load"
	);
}

function rounded(value: number): number {
	return Math.round(value * 1000) / 1000;
}
