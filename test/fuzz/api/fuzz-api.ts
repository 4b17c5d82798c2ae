/**
 * Asks the API what its own document makes up, and checks each answer against that: no fault, a
 * status that is in it, and the shape that it says.
 */

import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import fc from "fast-check";
import { apiPath, openApiDocument } from "../../../hosts/dms/api/openapi.js";
import { type Request, requests, type Route, type Schema } from "./arbitrary.js";
import { routesOf } from "./routes.js";
import { openWorld, type World } from "./world.js";

export interface ApiReport {
	readonly requests: number;
	/** How many were answered with each status, such as `showUser 200`. */
	readonly answers: ReadonlyMap<string, number>;
}

/** Where a browser finds it. */
const origin = "http://127.0.0.1:8444";
/** What a world takes before it is full of what was made in it. */
const requestsOfWorld = 1_000;

/** Rejects with the shortest request that it finds at fault, and what it takes to ask it again. */
export async function fuzzApi(
	count: number,
	seed: number,
	document = openApiDocument(),
): Promise<ApiReport> {
	const routes = routesOf(document);
	const checks = checksOf(routes, document);
	const answers = new Map<string, number>();
	for (let done = 0; done < count; done += requestsOfWorld) {
		const world = await openWorld();
		try {
			const asked = requests(routes, Object.keys(world.headers), world.known);
			const property = fc.asyncProperty(asked, async (request) => {
				const status = await ask(world, request, checks);
				const answer = request.route.id + " " + status;
				answers.set(answer, (answers.get(answer) ?? 0) + 1);
			});
			const numRuns = Math.min(requestsOfWorld, count - done);
			await fc.assert(property, {
				...{ seed: seed + done, numRuns, includeErrorInReport: true },
			});
		} finally {
			await world.close();
		}
	}
	return { requests: count, answers };
}

type Checks = ReadonlyMap<string, ValidateFunction>;

function checksOf(routes: readonly Route[], { components }: Schema): Checks {
	const ajv = new Ajv2020({ strict: false, validateFormats: false });
	return new Map(
		routes.flatMap(({ id, answers }) =>
			[...answers].map(
				([status, { schema }]) =>
					[id + " " + status, ajv.compile({ allOf: [schema], components })] as const,
			),
		),
	);
}

async function ask(world: World, request: Request, checks: Checks): Promise<number> {
	const { route } = request;
	const response = await world.api.request(origin + apiPath + targetOf(request), {
		method: route.method,
		headers: headersOf(world, request),
		...bodyOf(world, request),
	});
	const { status } = response;
	const text = await response.text();
	const fault = world.faults[0];
	if (status >= 500 || fault !== undefined) throw new Error(`${status} ${text} ${String(fault)}`);
	// An empty field makes it another path.
	if (status === 404 && text.includes('"rule":"route"')) return status;
	const answer = route.answers.get(String(status));
	if (answer === undefined) throw new Error(`${status} is not in the document: ${text}`);
	const type = response.headers.get("content-type");
	if (type !== answer.type) throw new Error(`${status} has the content type ${type}`);
	if (!type.endsWith("json")) return status;
	const check = checks.get(route.id + " " + status);
	if (!check?.(JSON.parse(text))) {
		throw new Error(`${text} is not as the document says: ${said(check)}`);
	}
	return status;
}

function said(check: ValidateFunction | undefined): string {
	return (check?.errors ?? [])
		.map(({ instancePath, message }) => instancePath + " " + message)
		.join("; ");
}

function targetOf({ route, path, query }: Request): string {
	const filled = route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
		const text = encodeURIComponent(wellFormed(textOf(path[name])));
		return text === "." || text === ".." ? "%2E" + text.slice(1) : text;
	});
	const fields = Object.entries(query).filter(([, value]) => value !== undefined);
	if (fields.length === 0) return filled;
	return (
		filled +
		"?" +
		new URLSearchParams(fields.map(([name, value]) => [name, textOf(value)] as [string, string]))
	);
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

/** Half a surrogate pair can't be sent in a URL. */
function wellFormed(text: string): string {
	return Buffer.from(text).toString();
}

function headersOf(world: World, { route, who, key }: Request): { [name: string]: string } {
	const sendable = key?.replace(/[^\x20-\x7e]/g, "?");
	return {
		...world.headers[who],
		...(sendable !== undefined && { "idempotency-key": sendable }),
		"content-type": route.isBytes ? "application/octet-stream" : "application/json",
	};
}

function bodyOf({ bodies }: World, { route, body, bytes }: Request): { body?: string | Buffer } {
	if (route.method === "GET") return {};
	if (!route.isBytes) return { body: JSON.stringify(body) };
	const content = Buffer.from(bodies[bytes.index % bodies.length] ?? []);
	for (const [place = 0, byte = 0] of bytes.flips) content[place % content.length] = byte;
	return { body: content };
}
