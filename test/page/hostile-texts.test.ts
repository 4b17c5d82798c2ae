/** A text that means harm, in each field of the API that takes one: what comes of it on pages. */

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { apiPath, openApiDocument } from "../../hosts/dms/api/openapi.js";
import { pageRoutes } from "../../hosts/dms/page/page.js";
import { Visits } from "../../hosts/dms/people/visits.js";
import { arbitraryOf, type Route } from "../fuzz/api/arbitrary.js";
import { routesOf } from "../fuzz/api/routes.js";
import { openWorld, type World } from "../fuzz/api/world.js";
import { ownPage, origin, visitor } from "./open-page.js";

/** For HTML, its attributes, spreadsheets, terminals, and logs. */
const texts = [
	"=1+1<script>alert(1)</script>",
	"'\"><img src=x onerror=alert(1)>",
	"{uuid}\u202e\u2028\u009b31m<svg onload=alert(1)>",
	'"<img src=x>"@example.com',
];
const harm = /<script>|<img|<svg onload|[\u202e\u2028\u009b]/;

/** Others are made up: fields that have to be right for the request to be taken. */
const triesOfField = 3;

async function ask(
	{ api, headers, known }: World,
	{ method, path, pathFields, body }: Route,
	[field, text]: readonly [field: string, text: string],
	seed: number,
): Promise<boolean> {
	const filled = (fields: Route["pathFields"]) =>
		[...fields].map(([name, schema]): [string, unknown] => {
			const [made] = fc.sample(arbitraryOf(schema, name, known), { seed, numRuns: 1 });
			return [name, name === field ? text : made];
		});
	const names = new Map(filled(pathFields));
	const place = path.replace(/\{(\w+)\}/g, (_, name: string) =>
		encodeURIComponent(String(names.get(name))),
	);
	const sent = JSON.stringify(Object.fromEntries(filled(body ?? new Map())));
	const response = await api.request(origin + apiPath + place, {
		...{ method, headers: { ...headers["admin"] } },
		...(method !== "GET" && { body: sent }),
	});
	assert.match(response.headers.get("content-type") ?? "", /^application\/(problem\+)?json|octet/);
	await response.body?.cancel();
	return response.ok;
}

test("whatever text a field takes, no page and no figure has it as it is", async (context) => {
	const world = await openWorld();
	context.after(() => world.close());
	const { service, api, known } = world;
	const taken = new Set<string>();
	const changes = routesOf(openApiDocument()).filter(
		({ method, id }) => method !== "GET" && !/^(remove|delete|revoke|withdraw)/.test(id),
	);
	let seed = 1;
	for (const route of changes) {
		const fields = [...route.pathFields, ...(route.body ?? [])];
		for (const [name] of fields.filter(([, { type, anyOf }]) => type === "string" || anyOf)) {
			for (const text of texts) {
				for (let tries = 0; tries < triesOfField; tries++) {
					if (await ask(world, route, [name, text], seed++)) taken.add(route.id + " " + name);
				}
			}
		}
	}
	for (const field of ["addProduct title", "setProduct title", "addBatch label"]) {
		assert.ok(taken.has(field), field + " takes any text: " + [...taken].join(", "));
	}

	await service.users.add("root", { role: "admin" });
	const { cookie } = await service.sessions.begin("root", { ...visitor, agent: texts[1] ?? "" });
	const headers = { ...ownPage, cookie: "opendms-8444=" + cookie, accept: "text/html" };
	const { routes } = pageRoutes(service, new Visits(service.sessions));
	const batches = await service.batches.list();
	const products = await service.products.list();
	const users = await service.users.list();
	const all: { readonly [name: string]: readonly string[] } = {
		...{ uuid: known["uuid"] ?? [], product: products.map(({ code }) => code) },
		...{ name: [...batches, ...users].map(({ name }) => name), version: ["1.0.0.0"] },
	};
	const paths = routes.flatMap(({ method, path }) =>
		method === "GET" && !/assets|^\/$|events|file$/.test(path) ? [path] : [],
	);
	let looks = 0;
	for (const path of new Set(paths)) {
		const [name = ""] = /(?<=:)\w+/.exec(path) ?? [];
		for (const value of name === "" ? [""] : (all[name] ?? [])) {
			const place = path.replace(":" + name, value).replace(":version", "1.0.0.0");
			const response = await api.request(origin + place, { headers });
			if (response.status === 404) continue;
			assert.equal(response.status, 200, place);
			// In a field it stays as it is, but for the characters of HTML.
			if (!response.headers.get("content-type")?.startsWith("text/html")) {
				assert.match(response.headers.get("content-disposition") ?? "", /^attachment/, place);
				assert.doesNotMatch(await response.text(), /(^|,)"?[=+@-]/m, place);
				continue;
			}
			const text = (await response.text()).replace(/(value|content)="[^"]*"/g, "");
			assert.doesNotMatch(text, harm, place);
			looks++;
		}
	}
	assert.ok(looks > 15, String(looks));
	const metrics = await api.request(origin + "/metrics", {
		headers: { ...world.headers["admin"] },
	});
	assert.doesNotMatch(await metrics.text(), harm);
});
