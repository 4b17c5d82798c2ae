/** Whatever goes wrong, the console says what and what to do, and the device can go on. */

import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { test } from "node:test";
import type { ProcessorKind } from "../../hosts/board/open-board.js";
import { createAuthority } from "../../hosts/dms/authority/authority.js";
import { openService } from "../../hosts/dms/service.js";
import { memory } from "../../hosts/dms/storage/database.js";
import { encodeMap } from "../../src/protocol/message-pack.js";
import { type Hello, helloSigned, mediaType } from "../../src/protocol/messages.js";
import { DmsResult, sentenceOf } from "../../src/protocol/result.js";
import { checkEnd, makeJourney, prepareService, type Tokens } from "./journey.js";
import { signedBy } from "./signed-answer.js";
import {
	address,
	authority,
	type Between,
	createWorld,
	network,
	start,
	user,
	type World,
} from "./world.js";

interface Mistake {
	/** What the console must say. */
	readonly says: string;
	/** Makes the mistake; what it resolves with is the console's answer. */
	readonly make: (world: World, tokens: Tokens) => Promise<string>;
	/** Mends it, so that the journey can be made. */
	readonly mend?: (world: World) => Promise<unknown>;
	readonly between?: () => Between;
}

const isHello = (request: Request): boolean => new URL(request.url).pathname === "/hello";

async function joinNetwork({ terminal }: World): Promise<void> {
	await terminal.type("set wlan.ssid " + network.ssid);
	await terminal.type('set wlan.passkey "' + network.passkey + '"');
}

async function provision(world: World, tokens: Tokens): Promise<string> {
	await joinNetwork(world);
	return world.terminal.type("dms_provision " + tokens.provisioning);
}

async function claim(world: World, tokens: Tokens): Promise<void> {
	await provision(world, tokens);
	await world.terminal.type("dms_claim " + tokens.claim);
}

/** A hello as a service would say it with a certificate of our choice. */
function helloBy(names: readonly string[], issuedAt: number, now: number): Between {
	const { certificate, privateKey } = authority.issueServerCredential(names, issuedAt);
	return async (request, service) => {
		if (!isHello(request)) return service.fetch(request);
		const nonce = new URL(request.url).searchParams.get("nonce") ?? "";
		const hello: Hello = {
			nonce,
			time: now,
			authority: authority.credential.certificate,
			certificate,
		};
		const body = encodeMap({ ...hello });
		const key = { key: privateKey, dsaEncoding: "ieee-p1363" } as const;
		const signature = Uint8Array.from(sign("sha256", helloSigned(body), key));
		return new Response(encodeMap({ body, signature }), { headers: { "content-type": mediaType } });
	};
}

/** Lets `wrong` answer once, and the real service from then on. */
function once(wrong: Between, times = 1): Between {
	let left = times;
	return (request, service) => (left-- > 0 ? wrong(request, service) : service.fetch(request));
}

const now = start / 1000;
const days = 86_400;

const mistakes: Readonly<Record<string, Mistake>> = {
	"no network set": {
		says: sentenceOf(DmsResult.NetworkNotSet),
		make: ({ terminal }) => terminal.type("network_up"),
	},
	"no such network": {
		says: sentenceOf(DmsResult.NetworkNotFound),
		make: async ({ terminal }) => {
			await terminal.type("set wlan.ssid elsewhere");
			return terminal.type("network_up");
		},
	},
	"wrong passkey": {
		says: sentenceOf(DmsResult.WrongPasskey),
		make: async ({ terminal }) => {
			await terminal.type("set wlan.ssid " + network.ssid);
			await terminal.type("set wlan.passkey wrong-passkey");
			return terminal.type("network_up");
		},
	},
	"no token": {
		says: sentenceOf(DmsResult.NoToken),
		make: ({ terminal }) => terminal.type("dms_provision"),
	},
	"a mistyped token": {
		says: sentenceOf(DmsResult.TokenMistyped),
		make: ({ terminal }, tokens) => {
			const text = tokens.provisioning.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
			return terminal.type("dms_provision " + text);
		},
	},
	"a spent token": {
		says: "used up",
		make: async (world, tokens) => {
			const other = await createWorld({
				processor: "v8",
				between: (request) => world.service().fetch(request),
			});
			await other.terminal.powerOn();
			await provision(other, tokens);
			await other.close();
			const [device] = await world.service().devices.list();
			assert.ok(device !== undefined, "the other device has used the token");
			return provision(world, tokens);
		},
	},
	"another service's CA": {
		says: sentenceOf(DmsResult.WrongAuthority),
		make: provision,
		between: () => {
			const impostor = openService({
				database: memory,
				authority: createAuthority(now),
				addresses: [address],
				now: () => start,
			});
			return once(async (request) => (await impostor).fetch(request));
		},
	},
	"an expired server certificate": {
		says: sentenceOf(DmsResult.CertificateExpired),
		make: provision,
		between: () => once(helloBy(["dms.test"], now - 400 * days, now)),
	},
	"a certificate for another name": {
		says: sentenceOf(DmsResult.NameMismatch),
		make: provision,
		between: () => once(helloBy(["elsewhere.test"], now, now)),
	},
	"a service whose clock is behind": {
		says: sentenceOf(DmsResult.ClockBehind),
		make: async (world, tokens) => {
			await provision(world, tokens);
			await world.terminal.type("save");
			await world.terminal.type("reboot");
			await world.terminal.until("[Ready]");
			return world.terminal.type("dms_claim " + tokens.claim);
		},
		between: () => {
			let hellos = 0;
			const behind = helloBy(["dms.test"], now - 30 * days, now - days);
			return (request, service) =>
				isHello(request) && ++hellos === 2 ? behind(request, service) : service.fetch(request);
		},
	},
	"a silent service": {
		says: sentenceOf(DmsResult.Timeout),
		make: provision,
		between: () => once(async () => undefined, 3),
	},
	"an answer that is no MessagePack": {
		says: sentenceOf(DmsResult.BadReply),
		make: provision,
		between: () => once(async () => new Response("<html>Log in to this network</html>")),
	},
	"a redirect": {
		says: sentenceOf(DmsResult.BadReply),
		make: provision,
		between: () => once(async () => new Response("", { status: 302 })),
	},
	"a fault of the service": {
		says: sentenceOf(DmsResult.ServiceFault),
		make: provision,
		between: () => {
			let posts = 0;
			return (request, service) =>
				!isHello(request) && posts++ < 3
					? signedBy(service, request, new Response(null, { status: 500 }))
					: service.fetch(request);
		},
	},
	"a proxy that answers in the service's place": {
		says: sentenceOf(DmsResult.AnswerForeign),
		make: provision,
		between: () => {
			let posts = 0;
			return (request, service) =>
				!isHello(request) && posts++ < 3
					? Promise.resolve(new Response("Bad Gateway", { status: 502 }))
					: service.fetch(request);
		},
	},
	"a service that asks to wait for long": {
		says: "asks to wait",
		make: provision,
		between: () => {
			let posts = 0;
			return (request, service) =>
				!isHello(request) && posts++ < 1
					? signedBy(
							service,
							request,
							new Response(null, { status: 503, headers: { "retry-after": "3600" } }),
						)
					: service.fetch(request);
		},
		mend: (world) => world.clock.run(3_601_000),
	},
	"claiming before provisioning": {
		says: sentenceOf(DmsResult.NotProvisioned),
		make: ({ terminal }, tokens) => terminal.type("dms_claim " + tokens.claim),
	},
	"a claim token that nobody knows": {
		says: "token",
		make: async (world, tokens) => {
			await provision(world, tokens);
			return world.terminal.type("dms_claim 0000-0000-0000-0000-0000");
		},
	},
	"activating before claiming": {
		says: "dms_claim",
		make: async (world, tokens) => {
			await provision(world, tokens);
			return world.terminal.type("dms_activate ACME-LAMP");
		},
	},
	"a product that the owner may not use": {
		says: "may not use",
		make: async (world, tokens) => {
			await world.service().users.add("bob");
			const product = { code: "BOB-LAMP", title: "Bob's", platform: "board", owner: "bob" };
			await world.service().products.add(product);
			await claim(world, tokens);
			return world.terminal.type("dms_activate BOB-LAMP");
		},
	},
	"a product that does not exist": {
		says: "product",
		make: async (world, tokens) => {
			await claim(world, tokens);
			return world.terminal.type("dms_activate NO-SUCH");
		},
	},
	"a product for another platform": {
		says: "is for esp32",
		make: async (world, tokens) => {
			const product = { code: "ACME-FAN", title: "Fan", platform: "esp32", owner: user };
			await world.service().products.add(product);
			await claim(world, tokens);
			return world.terminal.type("dms_activate ACME-FAN");
		},
	},
};

for (const processor of ["v8", "xs"] as const satisfies ProcessorKind[]) {
	test(
		"each mistake gets a clear answer, and the journey goes on, on " + processor,
		async (context) => {
			for (const [name, { says, make, mend, between }] of Object.entries(mistakes)) {
				await context.test(name, async () => {
					const world = await createWorld({
						processor,
						...(between === undefined ? {} : { between: between() }),
					});
					try {
						const tokens = await prepareService(world);
						await world.terminal.powerOn();
						const answer = await make(world, tokens);
						assert.match(answer, /^(\[.*\]\r\n|IPv4 .*\r\n)*Command failed\r\n/);
						assert.ok(answer.includes(says), "says " + JSON.stringify(says) + ": " + answer);
						assert.doesNotMatch(answer, /undefined|\[object/);
						await mend?.(world);
						const fresh = await world.service().tokens.addProvisioning();
						await makeJourney(world, { ...tokens, provisioning: fresh.token });
						await checkEndWithOthers(world, name);
						assert.deepEqual(world.board.faults, []);
					} finally {
						await world.close();
					}
				});
			}
		},
	);
}

/** Where another device took part, its traces are no fault. */
async function checkEndWithOthers(world: World, name: string): Promise<void> {
	if (name !== "a spent token") return checkEnd(world);
	assert.match(await world.terminal.type("get dms.provision.status"), /3$/);
}

test("a device leaves a production product for none", async () => {
	const world = await createWorld({ processor: "v8" });
	const tokens = await prepareService(world);
	const final = { code: "ACME-FINAL", title: "Final", platform: "board", owner: user };
	await world.service().products.add({ ...final, production: true });
	await world.terminal.powerOn();
	await claim(world, tokens);
	assert.match(await world.terminal.type("dms_activate ACME-FINAL"), /Success$/);
	const answer = await world.terminal.type("dms_activate ACME-LAMP");
	assert.match(answer, /^Command failed\r\n.*production/);
	assert.match(await world.terminal.type("dms_activate ACME-FINAL"), /Success$/);
	await world.close();
});
