/** Requests of all kinds, made from the OpenAPI document: most are as it says, and some aren't. */

import fc, { type Arbitrary } from "fast-check";

export type Schema = { readonly [keyword: string]: unknown };

export interface Route {
	readonly id: string;
	readonly method: string;
	/** Below the API's; `{name}` is a field. */
	readonly path: string;
	readonly pathFields: ReadonlyMap<string, Schema>;
	readonly query: ReadonlyMap<string, Schema>;
	/** The fields of a JSON body. */
	readonly body: ReadonlyMap<string, Schema> | undefined;
	readonly isBytes: boolean;
	/** For each status. */
	readonly answers: ReadonlyMap<string, Answer>;
}

export interface Answer {
	/** Its media type. */
	readonly type: string;
	readonly schema: Schema;
}

export interface Request {
	readonly route: Route;
	readonly path: { readonly [name: string]: unknown };
	readonly query: { readonly [name: string]: unknown };
	readonly body: unknown;
	/** What is done to bytes that are good: where, and which byte is put there. */
	readonly bytes: { readonly index: number; readonly flips: readonly (readonly number[])[] };
	/** Who asks. */
	readonly who: string;
	readonly key: string | undefined;
}

type Known = { readonly [field: string]: readonly string[] };

/** Hard words for whoever writes paths, SQL, JSON, HTML or terminals. */
const words = [
	"",
	".",
	"..",
	"%",
	"%00",
	"\0",
	"🦔",
	"'",
	'"',
	"__proto__",
	"\u202e",
	"\n",
	"1e999",
];

/** As many tokens take as many seconds: a schema's maximum says nothing of that. */
const countMaximum = 20;

const oddText: Arbitrary<string> = fc.oneof(
	fc.string({ unit: "binary", maxLength: 80 }),
	fc.constantFrom(...words),
	fc.string({ minLength: 60, maxLength: 300 }),
);

/** What a schema allows; keywords that it doesn't know it takes for allowing anything. */
export function arbitraryOf(schema: Schema, name: string, known: Known): Arbitrary<unknown> {
	const { type, anyOf, const: constant, enum: choices } = schema;
	if (constant !== undefined) return fc.constant(constant);
	if (Array.isArray(choices)) return fc.constantFrom(...choices);
	if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => arbitraryOf(one, name, known)));
	if (type === "string") return textOf(schema, name, known);
	if (type === "boolean") return fc.boolean();
	if (type === "null") return fc.constant(null);
	if (type === "integer" || type === "number") return integerOf(schema, name);
	if (type === "array") return fc.array(arbitraryOf(schemaIn(schema["items"]), name, known));
	return fc.jsonValue();
}

function textOf({ pattern, minLength, maxLength }: Schema, name: string, known: Known) {
	const here = known[name] ?? [];
	const made =
		typeof pattern === "string"
			? fc.stringMatching(new RegExp(pattern))
			: fc.string({ minLength: numberOr(minLength, 0), maxLength: numberOr(maxLength, 40) });
	if (here.length === 0) return fc.oneof(made, oddText);
	return fc.oneof(
		{ weight: 4, arbitrary: fc.constantFrom(...here) },
		{ weight: 1, arbitrary: made },
	);
}

function integerOf({ minimum, maximum }: Schema, name: string): Arbitrary<number> {
	const [low, high] = [numberOr(minimum, -(2 ** 53)), numberOr(maximum, 2 ** 53)];
	const highest = name === "count" ? Math.min(high, countMaximum) : high;
	return fc.oneof(
		fc.integer({ min: Math.max(low, -5), max: Math.min(highest, 100) }),
		fc.double({ min: low, max: highest, noNaN: true }).map(Math.trunc),
	);
}

function numberOr(value: unknown, otherwise: number): number {
	return typeof value === "number" ? value : otherwise;
}

export function schemaIn(value: unknown): Schema {
	return typeof value === "object" && value !== null ? { ...value } : {};
}

/** A field as its schema has it, or something else: of another type, odd, or not there at all. */
function fieldOf(schema: Schema, name: string, known: Known, absent: number): Arbitrary<unknown> {
	const isCount = name === "count";
	const other = isCount ? fc.constantFrom(-1, 0, "5", null) : fc.oneof(oddText, fc.jsonValue());
	return fc.oneof(
		{ weight: 10, arbitrary: arbitraryOf(schema, name, known) },
		{ weight: 1, arbitrary: other },
		{ weight: absent, arbitrary: fc.constant(undefined) },
	);
}

/** How often a filter is left out, where a field is there ten times: many at once find nothing. */
const absentFilters = 40;

function fieldsOf(fields: ReadonlyMap<string, Schema>, known: Known, absent = 1) {
	const all = [...fields].map(
		([name, schema]) => [name, fieldOf(schema, name, known, absent)] as const,
	);
	return fc.record(Object.fromEntries(all));
}

/** Any request to any of these routes. */
export function requests(
	routes: readonly Route[],
	callers: readonly string[],
	known: Known,
): Arbitrary<Request> {
	return fc.constantFrom(...routes).chain((route) => {
		const others = fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue(), { maxKeys: 2 });
		const fields = fieldsOf(route.body ?? new Map(), known);
		return fc.record({
			route: fc.constant(route),
			path: fieldsOf(route.pathFields, known),
			query: fieldsOf(route.query, known, absentFilters),
			body: fc.oneof(
				{ weight: 10, arbitrary: fields },
				{
					weight: 1,
					arbitrary: fc.tuple(fields, others).map(([one, more]) => ({ ...one, ...more })),
				},
				{ weight: 1, arbitrary: fc.jsonValue() },
			),
			bytes: fc.record({
				index: fc.nat(),
				flips: fc.array(fc.tuple(fc.nat(), fc.integer({ max: 255 })), { maxLength: 4 }),
			}),
			who: fc.oneof(
				{ weight: 8, arbitrary: fc.constant("admin") },
				{ weight: 2, arbitrary: fc.constant("browser") },
				{ weight: 1, arbitrary: fc.constantFrom(...callers, "nobody") },
			),
			key: fc.oneof(
				{ weight: 8, arbitrary: fc.constant(undefined) },
				{ weight: 1, arbitrary: fc.oneof(fc.uuid(), fc.constantFrom("one", '"two"')) },
				{ weight: 1, arbitrary: oddText },
			),
		});
	});
}
