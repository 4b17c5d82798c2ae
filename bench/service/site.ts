/** What is measured: a service with a fleet, one with next to none, and two that do nothing. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mediaType } from "../../src/protocol/messages.js";
import type { BareOptions } from "./bare.js";
import { createFleet, type Fleet } from "./fleet.js";
import { type ServerProcess, startBare, startService } from "./server-process.js";

export interface Site {
	readonly fleet: Fleet;
	readonly service: ServerProcess;
	readonly small: Fleet;
	readonly smallService: ServerProcess;
	/** Answers as the service answers a poll, and a hello. */
	readonly bare: ServerProcess;
	readonly bareHello: ServerProcess;
	close(): Promise<void>;
}

/** Letters in the fields and bytes in the body of the service's answers. */
const signature = "service=:" + "x".repeat(88) + ":";
const digest = "sha-256=:" + "x".repeat(44) + ":";
const input =
	'service=("@status" "content-digest" "signature";req;key="device");created=1782864002;' +
	'alg="ecdsa-p256-sha256";keyid="' +
	"x".repeat(64) +
	'"';
const pollLength = 140;
const helloLength = 992;

export async function openSite(devices: number, asking: number): Promise<Site> {
	const fleet = await createFleet(asking);
	await fleet.grow(devices - asking);
	const small = await createFleet(Math.min(asking, 1_000));
	const service = await startService(fleet.data);
	const smallService = await startService(small.data);
	const signed = { "content-digest": digest, "signature-input": input, signature };
	const bare = await bareOf(fleet.data, pollLength, signed);
	const bareHello = await bareOf(fleet.data, helloLength, {});
	const servers = [service, smallService, bare, bareHello];
	return {
		...{ fleet, service, small, smallService, bare, bareHello },
		async close() {
			await Promise.all(servers.map((server) => server.stop()));
			fleet.remove();
			small.remove();
		},
	};
}

function bareOf(
	data: string,
	bodyLength: number,
	signed: BareOptions["fields"],
): Promise<ServerProcess> {
	const read = (name: string) => readFileSync(join(data, name), "utf8");
	const content = { "content-type": mediaType, "content-length": String(bodyLength) };
	const fields = { "cache-control": "no-store", ...content, ...signed };
	const options: BareOptions = {
		...{ key: read("server.key"), cert: read("server.crt"), fields, bodyLength },
	};
	return startBare(JSON.stringify(options));
}
