/** With the Moddable SDK: the program in Moddable's simulator, against the service over TLS. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { listen } from "../../hosts/dms/listener/listener.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { ownManifest } from "../../hosts/moddable/tools/mcconfig.js";
import { buildSimulator, type Simulator } from "../../hosts/moddable/tools/simulator.js";
import { toHex } from "../../src/encoding/bytes.js";
import { sentenceOf } from "../../src/protocol/result.js";
import { attacks } from "../tls/attacks.js";
import { ScriptedServer } from "../tls/scripted-server.js";
import { keyStatement, platformKeys, statement } from "../update/publisher.js";
import { type Mood, portOf, Relay } from "./relay.js";
import { Simulation, sdkOrReason } from "./simulation.js";

const sdk = sdkOrReason();
const skip = typeof sdk === "string" && sdk;

const compiled = fileURLToPath(new URL("../..", import.meta.url));
const product = "ACME-LAMP";
const user = "alice";

interface Place {
	readonly service: Service;
	readonly relay: Relay;
	readonly authority: Authority;
	/** Has a folder for each device, with its state. */
	readonly folder: string;
	/** A new device's simulator; the same name is the same device again. */
	power(name: string): Promise<Simulation>;
}

/** A service behind a relay, and simulators that reach it. */
async function openPlace(context: TestContext): Promise<Place> {
	const simulator = simulatorOf();
	const folder = mkdtempSync(join(tmpdir(), "opendms-"));
	const relay = new Relay();
	const address = "localhost:" + (await relay.listen());
	const authority = createAuthority(Math.floor(Date.now() / 1000));
	const service = await openService({ database: memory, authority, addresses: [address] });
	const listener = await listen(service, { host: "127.0.0.1", port: 0 });
	relay.targetPort = listener.port;
	await service.users.add(user);
	await service.products.add({ code: product, title: "Lamp", platform: "lin", owner: user });
	context.after(async () => {
		relay.close();
		await listener.close();
		await service.close();
		rmSync(folder, { recursive: true });
	});
	return {
		service,
		relay,
		authority,
		folder,
		async power(name) {
			mkdirSync(join(folder, name), { recursive: true });
			const simulation = new Simulation(context, simulator, join(folder, name));
			await simulation.ready();
			return simulation;
		},
	};
}

let built: Simulator | undefined;

function simulatorOf(): Simulator {
	if (typeof sdk === "string") throw new Error(sdk);
	built ??= buildSimulator(sdk, { manifest: writeManifest() }, "kept");
	return built;
}

/** A product's firmware without an app: ours, with its platform's key. */
function writeManifest(): string {
	const folder = join(compiled, "simulator");
	mkdirSync(folder, { recursive: true });
	const config = { version: "0.1.0.0", platformKey: toHex(platformKeys.publicKey) };
	// The simulator's own boot is asked before a download, and says that it can't arm.
	const modules = {
		"~": join(compiled, "device/firmware/hosts/lin/boot"),
		"opendms/hosts/lin/boot": join(compiled, "test/sdk/device/arming-boot"),
	};
	const manifest = join(folder, "manifest.json");
	writeFileSync(manifest, JSON.stringify({ include: ownManifest, config, modules }));
	return manifest;
}

async function provisioningToken({ service }: Place): Promise<string> {
	return (await service.tokens.addProvisioning()).token;
}

test(
	"blank to active over TLS, and the state is kept over a restart",
	{ skip },
	async (context) => {
		const place = await openPlace(context);
		const claim = (await place.service.tokens.addClaim({ user })).token;
		const first = await place.power("device");
		assert.equal(await first.type("get dms.provision.status"), "0");
		assert.match(await first.type("dms_provision " + (await provisioningToken(place))), /Success$/);
		assert.equal(await first.type("get dms.provision.status"), "3");
		assert.equal(await first.type("dms_claim " + claim), "Claimed by " + user);
		assert.match(await first.type("dms_activate " + product), /title: Lamp\n.*\nSuccess$/s);
		const uuid = await first.type("get system.uuid");
		await first.reboot();
		assert.equal(await first.type("get system.uuid"), uuid);
		await first.end();

		const second = await place.power("device");
		assert.equal(await second.type("get system.uuid"), uuid);
		assert.equal(await second.type("get dms.provision.status"), "3");
		const [device] = await place.service.devices.list();
		assert.equal(device?.uuid, uuid);
		console.log(first.transcript.replaceAll(/dms1\S+|(?<=dms_claim )\S+/g, "<token>"));
	},
);

test("two fresh devices have different keys", { skip }, async (context) => {
	const place = await openPlace(context);
	const uuids = new Set<string>();
	for (const name of ["one", "other"]) {
		const simulation = await place.power(name);
		await simulation.type("dms_provision " + (await provisioningToken(place)));
		uuids.add(await simulation.type("get system.uuid"));
		await simulation.end();
	}
	assert.equal(uuids.size, 2);
	const keys = (await place.service.devices.list()).map(({ keyId }) => keyId);
	assert.equal(new Set(keys).size, 2);
});

/** What a person reads when the service could not be reached, whatever the reason was. */
const failed = /^Command failed\n/;

/** Bytes of the service's side of a TLS exchange after which it breaks off. */
const stages = [0, 5, 80, 700, 1000, 1100];

test(
	"the program outlives a TLS connection that breaks off at any stage",
	{ skip },
	async (context) => {
		const place = await openPlace(context);
		const claim = "dms_claim " + (await place.service.tokens.addClaim({ user })).token;
		const simulation = await place.power("device");
		await simulation.type("dms_provision " + (await provisioningToken(place)));
		const moods: Mood[] = [
			...stages.map((afterBytes): Mood => ({ kind: "reset", afterBytes })),
			{ kind: "say", text: "HTTP/1.1 400 Bad Request\r\n\r\n" },
			{ kind: "say", text: "\x15\x03\x03\x00\x02\x02\x28" }, // A fatal alert.
			{ kind: "say", text: "\x16\x03\x03\xff\xff" + "\x02".repeat(0xffff) },
			{ kind: "forge", half: "r" },
			{ kind: "forge", half: "s" },
		];
		for (const mood of moods) {
			place.relay.mood = mood;
			assert.match(await simulation.type(claim), failed, JSON.stringify(mood).slice(0, 80));
		}
		place.relay.mood = { kind: "pass" };
		assert.equal(await simulation.type(claim), "Claimed by " + user);
		assert.ok(Math.max(...stages) < place.relay.lastBytes, "the last stage is before the end");
	},
);

test(
	"whoever is not the service hears nothing inside TLS, and is told of",
	{ skip },
	async (context) => {
		const place = await openPlace(context);
		const claim = "dms_claim " + (await place.service.tokens.addClaim({ user })).token;
		const simulation = await place.power("device");
		await simulation.type("dms_provision " + (await provisioningToken(place)));
		const port = place.relay.targetPort;
		for (const { name, play, result } of attacks(place.authority, "localhost")) {
			const attacker = new ScriptedServer(play);
			const server = createServer((socket) => {
				socket.on("error", () => undefined); // The client has refused us.
				socket.on("data", (bytes: Buffer) => socket.write(attacker.receive(bytes)));
			});
			server.listen(0, "127.0.0.1");
			await once(server, "listening");
			place.relay.targetPort = portOf(server);
			const answer = await simulation.type(claim);
			assert.equal(answer, "Command failed\n" + sentenceOf(result), name);
			assert.equal(attacker.heard, "", name);
			server.close();
		}
		place.relay.targetPort = port;
		assert.equal(await simulation.type(claim), "Claimed by " + user);
	},
);

const replies: readonly string[] = [
	"",
	"\r\n",
	"HTTP/1.1\r\n\r\n",
	"\xff\xfe\xc8\n\xff\n",
	"HTTP/1.1 200 OK\nno: returns\n\n",
	"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
	"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nxx",
	"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nmore than five",
	"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nless",
	"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
	"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\ntrailer: x\r\n\r\n",
	"HTTP/1.1 200 OK\r\nx: " + "y".repeat(100_000) + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\n" + "x: y\r\n".repeat(20_000) + "\r\n",
];

test(
	"an update comes whole, up to arming it, which the simulator can't",
	{ skip },
	async (context) => {
		const place = await openPlace(context);
		const { bundles, tokens } = place.service;
		await bundles.addKey(keyStatement({ product, platform: "lin" }));
		const image = randomBytes(150_000);
		const version = "0.2.0.0";
		await bundles.publish({ image, statement: statement(image, { platform: "lin", version }) });
		await bundles.tag(product, version, "release");
		const simulation = await place.power("device");
		await simulation.type("dms_provision " + (await provisioningToken(place)));
		await simulation.type("dms_claim " + (await tokens.addClaim({ user })).token);
		assert.match(await simulation.type("dms_activate " + product), /Success$/);
		assert.match(await simulation.type("dfu_query"), /Update available: 0\.2\.0\.0/);
		const answer = await simulation.type("dfu_update");
		assert.match(answer, /\[Download 100 %\]\nCommand failed\n/);
		const slot = readFileSync(join(place.folder, "device", "nextota"));
		assert.ok(slot.subarray(0, image.length).equals(image), "the image is in the slot");
	},
);

test("the program outlives replies that are none", { skip }, async (context) => {
	const place = await openPlace(context);
	const line = "dms_provision " + (await provisioningToken(place));
	const simulation = await place.power("device");
	for (const text of replies) {
		place.relay.mood = { kind: "say", text };
		assert.match(await simulation.type(line), failed, JSON.stringify(text).slice(0, 80));
	}
	place.relay.mood = { kind: "pass" };
	assert.match(await simulation.type(line), /Success$/);
});

test("a device without echo requests says so, and blames nobody", { skip }, async (context) => {
	const simulation = await (await openPlace(context)).power("device");
	const answer = await simulation.type("ping 127.0.0.1");
	assert.equal(answer, "Command failed\nThis device can't send echo requests.");
});

test("the program outlives a service that is gone, or silent", { skip }, async (context) => {
	const place = await openPlace(context);
	const line = "dms_provision " + (await provisioningToken(place));
	const simulation = await place.power("device");
	place.relay.mood = { kind: "silence", afterBytes: 100 };
	assert.match(await simulation.type(line), /did not answer in time/);
	const port = place.relay.close();
	assert.match(await simulation.type(line), failed);
	await place.relay.listen(port);
	place.relay.mood = { kind: "pass" };
	assert.match(await simulation.type(line), /Success$/);
});
