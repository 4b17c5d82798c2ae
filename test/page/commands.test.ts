/** Who is on the page is told what to do there, and not what somebody types elsewhere. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { places } from "../../hosts/dms/page/commands.js";
import { createPublisher, product } from "../dms/publisher.js";
import { openPage } from "./open-page.js";

const root = new URL("../../../hosts/dms/", import.meta.url);
/** Whose sentences can come to the page. */
const rooms = ["administration", "people", "rules", "api", "page"];
/** What only who runs the service, or has a publisher's key, can do: there is no form for it. */
const typedAnyway: readonly string[] = [
	...["bundle build", "bundle sign", "key product", "key sign"],
	...[
		"--token-file FILE",
		"cert keys",
		"cert next-authority",
		"cert retire",
		"cert show",
		"serve --behind-proxy",
	],
	...["console /dev/ttyUSB0", "device swap"],
];

function sentences(): { file: string; command: string }[] {
	return rooms.flatMap((room) =>
		readdirSync(new URL(room, root), { recursive: true, encoding: "utf8" })
			.filter((name) => name.endsWith(".ts") && name !== "commands.ts")
			.flatMap((name) => {
				const lines = readFileSync(new URL(room + "/" + name, root), "utf8").split("\n");
				const said = lines.filter((line) => !/^\s*(\/?\*|\/\/)/.test(line)).join("\n");
				const found = said.matchAll(/opendms (?!answer|export)([a-z-]+ [\w/-]+)/g);
				return [...found].map(([, command = ""]) => ({ file: room + "/" + name, command }));
			}),
	);
}

test("each command that a sentence names has its place on the page, or has none to have", () => {
	const named = sentences();
	assert.ok(named.length > 30, String(named.length));
	const unknown = named.filter(
		({ command }) => !typedAnyway.includes(command) && !Object.hasOwn(places, command),
	);
	assert.deepEqual(unknown, []);
	const used = new Set(named.map(({ command }) => command));
	const idle = [...Object.keys(places), ...typedAnyway].filter(
		(command) => !command.startsWith("--") && !used.has(command),
	);
	assert.deepEqual(idle, [], "no sentence names these");
});

test("on the page a refusal says what to do there; by the API, what to type", async (context) => {
	const { service, get, post, upload, claimed, cookieOf } = await openPage(context);
	const publisher = createPublisher(context, service);
	await service.users.add("root", { role: "admin" });
	const cookie = await cookieOf("root");
	const place = "/products/" + product;
	const { uuid } = await claimed("alice");
	const bundle = publisher.keyStatement() && publisher.bundleFile("1.1.0.0", 1);
	const refused: readonly (readonly [Promise<Response> | Response, string])[] = [
		[upload(place + "/bundle", bundle, cookie), "first: “The product's key” on its page."],
		[post(place + "/unshare", { user: "bob" }, cookie), "See: the product's page."],
		[post(`/devices/${uuid}/transfer`, { user: "x", sure: "y" }, cookie), "under “Users”, which"],
		[post("/tokens/new/activation", { user: "bob", product }, cookie), "first: “Share it” on the"],
		[post(`/devices/${"0".repeat(40)}/lock`, {}, cookie), "under “Devices”."],
		[post("/users/alice/remove", { sure: "yes" }, cookie), "alice owns"],
		[post("/api-tokens", { name: "a", role: "viewer", user: "bob" }, cookie), "the role owner,"],
		[post("/invite", { invite: "0", password: "a".repeat(12) }), "made under “Users”."],
	];
	for (const [answer, sentence] of refused) {
		const response = await answer;
		const text = (await response.text()).replace(/&quot;(.*?)&quot;/g, "“$1”");
		const said = /role="alert"[^>]*>([^<]*)/.exec(text)?.[1]?.replace(/&#39;/g, "'") ?? text;
		assert.ok(response.status >= 400, sentence);
		assert.ok(said.includes(sentence), said);
		assert.doesNotMatch(said, /opendms|--/);
	}
	// A script of the page asks the API by cookie, a program by token.
	const { token } = await service.apiTokens.add({ name: "ci", role: "admin" });
	const program = { authorization: "Bearer " + token };
	const none = "/api/v1/devices/" + "0".repeat(40);
	assert.match(await (await get(none, cookie)).text(), /under \\"Devices\\"\./);
	assert.match(await (await get(none, program)).text(), /: opendms device list"/);
});
