/** What each change of hands leaves the owner before with: the table of hosts/dms/README.md. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { openBench } from "./bench.js";
import { test, type TestContext } from "node:test";
import { openPeople, ownPage, type People } from "../people/people.js";
import type { ProtocolDevice } from "./protocol-device.js";

/** Alice has owned a device for a while, and has all that an owner can have. */
interface Past {
	readonly people: People;
	readonly device: ProtocolDevice;
	readonly uuid: string;
	readonly bearer: { readonly authorization: string };
	readonly session: { readonly cookie: string };
	readonly claimToken: string;
	readonly activationToken: string;
	readonly transferToken: string;
}

async function pastOf(context: TestContext): Promise<Past> {
	const people = await openPeople(context);
	const { service } = people;
	await service.users.add("carol");
	const { device, uuid } = await people.claimed("alice");
	await service.devices.tag(uuid, "beta");
	await service.devices.pin(uuid, "0.2.0.0");
	await service.devices.rename(uuid, "Alice's lamp");
	const { token } = await service.apiTokens.add({ name: "a", role: "owner", user: "alice" });
	const user = "alice";
	const made = {
		claim: await service.tokens.addClaim({ user }),
		activation: await service.tokens.addActivation({ user, product: "ACME-LAMP", uses: 9 }),
		transfer: await service.tokens.addTransfer({ device: uuid, user: "carol" }),
	};
	return {
		...{ people, device, uuid },
		bearer: { authorization: "Bearer " + token },
		session: { ...ownPage, cookie: await people.cookieOf("alice") },
		claimToken: made.claim.token,
		activationToken: made.activation.token,
		transferToken: made.transfer.token,
	};
}

async function claimAs({ people, device }: Past, user: string): Promise<void> {
	const { token } = await people.service.tokens.addClaim({ user });
	assert.equal((await people.send(device.claim(token))).status, 200);
}

/** Each ends with Bob as the owner, but those that end with nobody. */
const events: { readonly [name: string]: (past: Past) => Promise<unknown> } = {
	transfer: async ({ people, uuid, device, session }) => {
		const asked = { device: uuid, user: "bob" };
		const { status, value } = await people.ask("POST", "/tokens/transfer", asked, session);
		assert.equal(status, 200);
		assert.equal((await people.send(device.claim(String(value["token"])))).status, 200);
		assert.equal((await people.service.devices.show(uuid)).owner, "bob");
	},
	release: ({ people, uuid, bearer }) => people.ask("POST", `/devices/${uuid}/release`, {}, bearer),
	"factory reset": ({ people, device }) => people.send(device.release()),
	"new claim": async (past) => {
		await past.people.service.devices.release(past.uuid);
		await claimAs(past, "bob");
	},
	"user removed": async ({ people, uuid }) => {
		await assert.rejects(people.service.users.remove("alice"), { rule: "user-owns" });
		await people.service.products.set("ACME-LAMP", { owner: "bob" });
		await people.service.devices.release(uuid);
		await people.service.users.remove("alice");
	},
};

/** Each asserts that it is gone. */
const things: { readonly [name: string]: (past: Past) => Promise<void> } = {
	"sees the device by API token": async (past) => seesNothing(past, past.bearer),
	"sees the device in a session": async (past) => seesNothing(past, past.session),
	"releases the device": async ({ people, uuid, bearer }) => {
		const before = await people.service.devices.show(uuid);
		const { status } = await people.ask("POST", `/devices/${uuid}/release`, {}, bearer);
		assert.ok(status === 404 || status === 401);
		assert.deepEqual(await people.service.devices.show(uuid), before);
	},
	"hands the device over": async ({ people, uuid, bearer }) => {
		const asked = { device: uuid, user: "carol" };
		const { status } = await people.ask("POST", "/tokens/transfer", asked, bearer);
		assert.ok(status === 404 || status === 401);
	},
	"a transfer token from before": async ({ people, device, transferToken }) => {
		assert.equal((await people.refused(device.claim(transferToken))).rule, "token-unknown");
	},
	"a claim token from before": (past) => claimsNothing(past, past.claimToken),
	"an activation token from before": (past) => claimsNothing(past, past.activationToken),
	"name, tag and pin": async ({ people, uuid }) => {
		const { name, tag, pin } = await people.service.devices.show(uuid);
		assert.deepEqual([name, tag, pin], [null, null, null]);
	},
};

async function seesNothing({ people, uuid }: Past, as: { [name: string]: string }): Promise<void> {
	const { status, value } = await people.ask("GET", "/devices", undefined, as);
	assert.ok(status === 401 || JSON.stringify(value) === "[]", JSON.stringify(value));
	const shown = await people.ask("GET", "/devices/" + uuid, undefined, as);
	assert.ok(shown.status === 401 || shown.status === 404);
}

/** Once the device is somebody else's, whoever has it in hands. */
async function claimsNothing(past: Past, token: string): Promise<void> {
	const { people, device, uuid } = past;
	const { owner } = await people.service.devices.show(uuid);
	if (owner === null) await claimAs(past, "bob");
	const { rule } = await people.refused(device.claim(token));
	assert.ok(rule === "device-taken" || rule === "token-unknown", rule);
	assert.equal((await people.service.devices.show(uuid)).owner, "bob");
}

for (const [event, play] of Object.entries(events)) {
	for (const [thing, isGone] of Object.entries(things)) {
		test(`${event} leaves the owner before without: ${thing}`, async (context) => {
			const past = await pastOf(context);
			await play(past);
			await isGone(past);
		});
	}
}

test("a product that changes owner takes no device more by the owner before", async (context) => {
	const past = await pastOf(context);
	const { people, uuid, activationToken } = past;
	await people.service.products.set("ACME-LAMP", { owner: "bob" });
	const other = await people.claimed("alice");
	const asked = [other.device.claim(activationToken), other.device.activate("ACME-LAMP")];
	for (const draft of asked) assert.equal((await people.refused(draft)).rule, "product-access");
	assert.equal((await people.service.devices.show(uuid)).owner, "alice");
});

test("the page's table has the events that are played", () => {
	const page = readFileSync(new URL("../../../hosts/dms/README.md", import.meta.url), "utf8");
	const [, table = ""] = page.split("| event | how |");
	const rows = (table.split("\n\n")[0] ?? "").split("\n").slice(2);
	const names = rows.map((row) => row.split("|")[1]?.trim());
	assert.deepEqual(names, [...Object.keys(events), "product changes owner"]);
});

test("a transfer token is good for its device alone, once, and for its user", async (context) => {
	const { people, uuid, device, transferToken } = await pastOf(context);
	const other = await people.claimed("alice");
	assert.equal((await people.refused(other.device.claim(transferToken))).rule, "token-unknown");
	await people.service.devices.lock(uuid);
	assert.equal((await people.refused(device.claim(transferToken))).rule, "device-locked");
	await people.service.devices.unlock(uuid);
	for (const _ of [1, 2])
		assert.equal((await people.send(device.claim(transferToken))).status, 200);
	assert.equal((await people.service.devices.show(uuid)).owner, "carol");
	const claims = (await people.audit()).filter(
		({ action, rule }) => action === "device.claim" && rule === "",
	);
	assert.match(claims.at(-1)?.details ?? "", /"from":"alice"/);
	assert.equal(claims.length, 3);
	const again = { device: uuid, user: "alice" };
	const { token } = await people.service.tokens.addTransfer(again);
	assert.equal((await people.send(device.claim(token))).status, 200);
	assert.equal((await people.refused(device.claim(transferToken))).rule, "token-spent");
});

test("nobody hands over what is not his, and nothing to nobody", async (context) => {
	const { people, uuid } = await pastOf(context);
	const { service, ask, cookieOf } = people;
	const bob = { ...ownPage, cookie: await cookieOf("bob") };
	const asked = { device: uuid, user: "bob" };
	assert.equal((await ask("POST", "/tokens/transfer", asked, bob)).status, 404);
	const to = (user: string, giver?: string) =>
		service.tokens.addTransfer({ device: uuid, user, giver });
	await assert.rejects(to("bob", "carol"), { rule: "device-unknown" });
	await assert.rejects(to("nobody"), { rule: "user-unknown" });
	await assert.rejects(to("alice"), { rule: "usage" });
	await service.devices.release(uuid);
	await assert.rejects(to("bob"), { rule: "usage" });
});

test("who is overtaken by the next owner releases nothing", async (context) => {
	const bench = await openBench(context);
	const { uuid } = await bench.claimed("bob");
	const { devices } = bench.service;
	await assert.rejects(devices.release(uuid, "alice"), { rule: "device-unknown" });
	assert.equal((await devices.show(uuid)).owner, "bob");
	await devices.release(uuid, "bob");
	assert.equal((await devices.show(uuid)).owner, null);
});
