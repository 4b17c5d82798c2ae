/** A service with one of everything, and all the names in it: what a request may mean. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApi } from "../../../hosts/dms/api/api.js";
import { createAuthority } from "../../../hosts/dms/authority/authority.js";
import { encodeBundle, makeBundle } from "../../../hosts/dms/publisher/bundle.js";
import {
	createPlatformKey,
	createProductKey,
	productKeyOf,
} from "../../../hosts/dms/publisher/keys.js";
import { openService, type Service } from "../../../hosts/dms/service.js";
import { memory } from "../../../hosts/dms/storage/database.js";
import { roles } from "../../../hosts/dms/storage/schema.js";
import { benchOf } from "../../dms/bench.js";
import { createClock } from "../../dms/clock.js";
import { isOnPostgres, newDatabase } from "../../dms/engine.js";
import { imageOf } from "../../dms/publisher.js";

export interface World {
	readonly service: Service;
	readonly api: ReturnType<typeof createApi>;
	/** How somebody comes, by role, and by the way of a browser. */
	readonly headers: { readonly [who: string]: { readonly [name: string]: string } };
	/** What a field of this name may hold, of what is there. */
	readonly known: { readonly [field: string]: readonly string[] };
	/** Bodies that are what they should be. */
	readonly bodies: readonly Uint8Array[];
	/** Faults that the service has logged. */
	readonly faults: readonly unknown[];
	close(): Promise<void>;
}

const product = "ACME-LAMP";
const platform = "esp32";
const password = "correct horse battery";
const hardware = "a4cf12345678";
const authority = createAuthority(createClock().seconds());

export async function openWorld(): Promise<World> {
	const clock = createClock();
	const faults: unknown[] = [];
	const service = await openService({
		...{ database: isOnPostgres ? await newDatabase() : memory, authority, now: clock.now },
		addresses: ["dms.example.com:8443"],
		passwordCost: { ln: 4, r: 8, p: 1 },
		log: (entry) => entry.kind === "fault" && faults.push(entry),
	});
	for (const name of ["alice", "bob"]) await service.users.add(name);
	const headers: World["headers"] = { ...(await tokensOf(service)), ...(await browserOf(service)) };
	await service.products.add({ code: product, title: "Lamp", platform, owner: "alice" });
	const bench = benchOf(service, authority, clock);
	const { uuid, device } = await bench.claimed("alice");
	await bench.send(device.activate(product));
	const { uuid: other } = await bench.claimed("bob");
	const { token: invite } = await service.users.invite("bob");
	await service.batches.add({ name: "b1", product, quota: 100 });
	await service.batches.addBoard("b1", { hardware, uuid });
	const sessions = await service.sessions.list("alice");
	const ids = [...(await service.tokens.list()), ...sessions].map(({ id }) => id);
	return {
		api: createApi(service),
		...{ service, headers, faults },
		known: {
			...{ uuid: [uuid, other], device: [uuid], prefix: [uuid.slice(0, 4)], id: ids },
			...{
				user: ["alice", "bob"],
				owner: ["alice", "bob"],
				product: [product],
				code: [product, "NEW-HUB"],
			},
			...{ password: [password], current: [password], wanted: [password], invite: [invite] },
			...{ name: ["alice", "b1", "viewer"], hardware: [hardware], version: ["1.0.0.0", "1.1.0.0"] },
			...{ platform: [platform], after: [uuid, hardware, ...ids], tag: ["release"] },
		},
		bodies: await bodiesOf(service),
		close: () => service.close(),
	};
}

async function tokensOf(service: Service): Promise<World["headers"]> {
	const all: { [role: string]: { authorization: string } } = {};
	for (const role of roles) {
		const user = role === "owner" ? "alice" : undefined;
		const { token } = await service.apiTokens.add({ name: role, role, user });
		all[role] = { authorization: "Bearer " + token };
	}
	return all;
}

/** Alice has a password, and has logged in. */
async function browserOf(service: Service): Promise<World["headers"]> {
	const visitor = { address: "192.0.2.1", agent: "" };
	const { token } = await service.users.invite("alice");
	const { cookie } = await service.sessions.acceptInvite(token, password, visitor);
	return { browser: { cookie: "opendms-8444=" + cookie, "sec-fetch-site": "same-origin" } };
}

/** The next key's statement and bundle; the first ones are published. */
async function bodiesOf(service: Service): Promise<Uint8Array[]> {
	const keys = mkdtempSync(join(tmpdir(), "opendms-fuzz-"));
	try {
		createPlatformKey(keys, platform);
		const first = createProductKey(keys, product, platform, false);
		await service.bundles.addKey(Uint8Array.from(readFileSync(first.statement)));
		const [published, second] = ["1.0.0.0", "1.1.0.0"].map((version, index) => {
			const about = {
				product,
				platform,
				version,
				sequence: index + 1,
				image: imageOf(version, 99),
			};
			return makeBundle(about, productKeyOf(keys, product));
		});
		if (published === undefined || second === undefined) throw new Error("there are two");
		await service.bundles.publish(published);
		await service.bundles.tag(product, "1.0.0.0", "release");
		const next = createProductKey(keys, product, platform, true);
		return [encodeBundle(second), Uint8Array.from(readFileSync(next.statement))];
	} finally {
		rmSync(keys, { recursive: true });
	}
}
