/** How fast an image gets through the device program into its slot, and what memory that takes. */

import { randomBytes, X509Certificate } from "node:crypto";
import { get } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { Board } from "../hosts/board/board.js";
import { openBoard, type ProcessorKind } from "../hosts/board/open-board.js";
import { MemoryState } from "../hosts/board/state.js";
import { nodeTransport, type OutgoingRequest, type Transport } from "../hosts/board/transport.js";
import { createAuthority } from "../hosts/dms/authority/authority.js";
import { listen } from "../hosts/dms/listener/listener.js";
import { openService, type Service } from "../hosts/dms/service.js";
import { memory } from "../hosts/dms/storage/database.js";
import { bundlePath } from "../src/protocol/update.js";
import { ScriptedUser } from "../example/scripted-user.js";
import { network } from "../test/journey/world.js";
import { BundleService } from "../test/update/bundle-service.js";
import { activate, bundleOf, createFleet, oldImage } from "../test/update/fleet.js";
import { keyStatement } from "../test/update/publisher.js";
import { type Benchmark, type Measurement, table } from "./benchmark.js";
import { bytesPerSecond, slowTransport } from "./slow-transport.js";

/** As long as a slot of 4 MB flash allows, in the blocks that a statement for it has room for. */
const imageLength = 1_900_000;
const blockLength = 16_384;
/** Each download of the race is made so often, in turns: the first ones warm up. */
const rounds = 15;
/** What the device says when the last block has been checked. */
const lastProgress = "[Download 100 %]";
/** How often the heap is looked at: each time it is collected first. */
const samplingMilliseconds = 1;
const user = "demo";
const product = "ACME-LAMP";

export const download: Benchmark = {
	summary: "an image's way through the device program into the other slot",
	async measure(): Promise<Measurement> {
		const v8 = await atSite(race("v8"));
		const xs = await atSite(race("xs"));
		const seconds = await slowDownloadSeconds();
		const figures = {
			v8Ratio: rounded(v8.device / v8.node),
			xsRatio: rounded(xs.device / xs.node),
			latencyRatio: rounded(seconds / (imageLength / bytesPerSecond)),
			xsPeakBytesAboveIdle: await atSite(peakAboveIdle),
			blockBytes: blockLength,
		};
		const rows = Object.entries({ node: v8.node, v8: v8.device, xs: xs.device }).map(
			([name, rate]) => [name, Math.round(rate / 1000) + " kB/s"] as const,
		);
		const text =
			table(rows) +
			"\nover 100 ms and 1 Mbit/s: " +
			seconds.toFixed(2) +
			" s for " +
			imageLength +
			" bytes\nXS, beyond idle: " +
			figures.xsPeakBytesAboveIdle +
			" bytes\n";
		return { figures, text };
	},
};

/** Bytes a second. */
interface Race {
	readonly node: number;
	readonly device: number;
}

/** A service on this machine's loopback, over real TLS. */
interface Site {
	readonly service: Service;
	readonly bundles: BundleService;
	readonly port: number;
	/** PEM of the CA. */
	readonly ca: string;
}

async function atSite<T>(measure: (site: Site) => Promise<T>): Promise<T> {
	const authority = createAuthority(Math.floor(Date.now() / 1000));
	const log = (): void => undefined;
	const service = await openService({
		database: memory,
		authority,
		addresses: ["localhost:1"],
		log,
	});
	const bundles = new BundleService();
	bundles.key = keyStatement();
	const fetch = (request: Request) => bundles.between(request, service);
	const answering = Object.assign(Object.create(service), { fetch });
	const listener = await listen(answering, { host: "127.0.0.1", port: 0 });
	const { port } = listener;
	await service.setAddresses(["localhost:" + port]);
	const ca = new X509Certificate(authority.credential.certificate).toString();
	try {
		return await measure({ service, bundles, port, ca });
	} finally {
		await listener.close();
		await service.close();
	}
}

/**
 * Bytes a second, the best of some rounds: by Node alone, to nowhere, and through the device
 * program, until the last block is checked. Both with a connection of their own, from its start on.
 */
function race(processor: ProcessorKind): (site: Site) => Promise<Race> {
	return (site) =>
		onDevice(site, processor, async (_, person) => {
			const best = { node: 0, device: 0 };
			for (let round = 0; round < rounds; round++) {
				site.bundles.bundle = bundleOf(randomBytes(imageLength), { block: blockLength });
				best.node = Math.max(best.node, await plainDownload(site));
				best.device = Math.max(best.device, await deviceDownload(person));
			}
			return best;
		});
}

async function plainDownload({ bundles, port, ca }: Site): Promise<number> {
	const path = bundlePath(bundles.bundle?.id ?? "", "image");
	const headers = { range: "bytes=0-" + (imageLength - 1) };
	const begin = performance.now();
	return new Promise((resolve, reject) => {
		const request = get(
			{ host: "localhost", port, path, ca, headers, agent: false },
			(response) => {
				let received = 0;
				response.on("data", (bytes: Buffer) => (received += bytes.length));
				response.on("end", () => resolve(rateOf(received, begin)));
			},
		);
		request.on("error", reject);
	});
}

async function deviceDownload(person: Listener): Promise<number> {
	let begin = 0;
	let rate = 0;
	person.onRequest = ({ path }) => {
		if (path.endsWith("/image")) begin = performance.now();
	};
	person.onText = (text) => {
		if (text.includes(lastProgress)) rate = rateOf(imageLength, begin);
	};
	await person.type("dfu_update");
	return rate;
}

/** What the heap of XS holds during a download, at most, above what it holds when idle. */
function peakAboveIdle(site: Site): Promise<number> {
	return onDevice(site, "xs", async (board, person) => {
		const { bundles } = site;
		let isGoing = false;
		let isOver = false;
		bundles.onImage = () => (isGoing = true);
		bundles.onReport = () => (isOver = true);
		await person.type("dfu_query");
		bundles.bundle = bundleOf(randomBytes(imageLength), { block: blockLength });
		const idle = await usedBytes(board);
		const answer = person.type("dfu_update");
		let peak = 0;
		while (!isOver) {
			await delay(samplingMilliseconds);
			const used = await usedBytes(board);
			if (isGoing && !isOver) peak = Math.max(peak, used);
		}
		await answer;
		return peak - idle;
	});
}

async function usedBytes(board: Board): Promise<number> {
	const { slotsUsedBytes = 0, chunksUsedBytes = 0 } = (await board.meters(true)) ?? {};
	return slotsUsedBytes + chunksUsedBytes;
}

/** Somebody at the console who can be asked to note what is said, and what is asked for. */
class Listener extends ScriptedUser {
	onText: (text: string) => void = () => undefined;
	onRequest: (request: OutgoingRequest) => void = () => undefined;

	constructor() {
		super((text) => this.onText(text));
	}

	readonly transport: Transport = (request, events) => {
		this.onRequest(request);
		return nodeTransport(request, events);
	};
}

/** A board that is active on the product, for `act`. */
async function onDevice<T>(
	{ service }: Site,
	processor: ProcessorKind,
	act: (board: Board, person: Listener) => Promise<T>,
): Promise<T> {
	const person = new Listener();
	const { listen: onOutput, transport } = person;
	const board = openBoard({
		...{ state: new MemoryState(), image: oldImage, processor, networks: [network] },
		...{ onOutput, transport },
	});
	try {
		await service.users.add(user);
		await service.products.add({ code: product, title: "Lamp", platform: "board", owner: user });
		const { token } = await service.tokens.addProvisioning();
		const claim = await service.tokens.addClaim({ user });
		await person.powerOn(board);
		await person.type("set wlan.ssid " + network.ssid);
		await person.type('set wlan.passkey "' + network.passkey + '"');
		await person.type("dms_provision " + token);
		await person.type("dms_claim " + claim.token);
		await person.type("dms_activate " + product);
		return await act(board, person);
	} finally {
		await board.powerOff();
	}
}

function rateOf(bytes: number, begin: number): number {
	return (bytes * 1000) / (performance.now() - begin);
}

function rounded(value: number): number {
	return Math.round(value * 1000) / 1000;
}

/** How long an update takes over a slow way, from the command to the checked image. */
async function slowDownloadSeconds(): Promise<number> {
	const fleet = await createFleet({ transport: slowTransport });
	try {
		await activate(fleet);
		fleet.bundles.bundle = bundleOf(randomBytes(imageLength), { block: blockLength });
		const begin = fleet.clock.now();
		fleet.terminal.send("dfu_update");
		await fleet.terminal.until(lastProgress);
		return (fleet.clock.now() - begin) / 1000;
	} finally {
		await fleet.close();
	}
}
