/** The API as an OpenAPI 3.1 document, made from its operations. */

import * as z from "zod";
import { packageVersion } from "../../command/version.js";
import { isRepeatable, type Operation, pathFieldsOf } from "./operation.js";
import { operationsBySubject } from "./operations.js";
import { problem } from "./schemas.js";

/** Where the API is, below the listener's address. */
export const apiPath = "/api/v1";

/** JSON, as OpenAPI 3.1 and JSON Schema 2020-12 have it. */
type Json = { [name: string]: unknown };

export function openApiDocument(): Json {
	const schemas = new SchemaTable();
	const paths: { [path: string]: Json } = {};
	for (const [subject, group] of Object.entries(operationsBySubject)) {
		const all: readonly Operation[] = Object.values(group);
		for (const one of all) {
			const methods = (paths[one.path] ??= {});
			methods[one.method.toLowerCase()] = {
				tags: [subject],
				...operationObject(one, schemas),
			};
		}
	}
	return {
		openapi: "3.1.0",
		info: {
			title: "opendms",
			version: packageVersion,
			description: "Administration of an opendms service",
			license: { name: "Apache-2.0", identifier: "Apache-2.0" },
		},
		servers: [{ url: apiPath }],
		tags: Object.keys(operationsBySubject).map((name) => ({ name })),
		security: [{ token: [] }, { session: [] }],
		paths,
		components: {
			responses: {
				Problem: {
					description: "It can't be had, and why",
					content: { "application/problem+json": { schema: schemas.of(problem, "output") } },
				},
			},
			schemas: schemas.all,
			securitySchemes: {
				token: { type: "http", scheme: "bearer" },
				session: { type: "apiKey", in: "cookie", name: "__Host-opendms" },
			},
		},
	};
}

function operationObject(one: Operation, schemas: SchemaTable): Json {
	const fields = pathFieldsOf(one);
	const rest = Object.keys(one.input.shape).filter((name) => !fields.includes(name));
	const hasQuery = one.method === "GET" || one.body !== undefined;
	const parameters = [
		...fields.map((name) => parameter(one, name, "path")),
		...(hasQuery ? rest : []).map((name) => parameter(one, name, "query")),
		...(isRepeatable(one) ? [idempotencyKey] : []),
	];
	const answer =
		one.answer === undefined
			? { "application/json": { schema: schemas.of(one.output, "output") } }
			: { [one.answer]: { schema: {} } };
	return {
		operationId: one.id,
		summary: one.summary,
		description: one.isOpen ? "For everybody" : "For: " + one.roles.join(", "),
		"x-roles": one.roles,
		...(one.isOpen && { security: [] }),
		...(parameters.length > 0 && { parameters }),
		...bodyOf(one, hasQuery ? [] : rest, schemas),
		responses: {
			200: { description: "Done", content: answer },
			...Object.fromEntries(statusesOf(one).map((status) => [status, { $ref: problemReference }])),
			default: { $ref: problemReference },
		},
	};
}

const problemReference = "#/components/responses/Problem";

/** Of problems; a fault and a service that is busy, 500 and more, any request may meet. */
function statusesOf(one: Operation): number[] {
	const isChange = one.method !== "GET";
	const namesSomething = Object.keys(one.input.shape).length > 0 || one.body !== undefined;
	return [
		...(isRepeatable(one) ? [400] : []),
		...[401, 403],
		...(namesSomething ? [404] : []),
		...(isChange ? [409, 413] : []),
		422,
		...(one.isOpen ? [429] : []),
	];
}

const idempotencyKey = Object.freeze({
	...{ name: "Idempotency-Key", in: "header", required: false },
	description: "For a request that may be sent again: it is done once in a day",
	schema: { type: "string" },
});

function parameter(one: Operation, name: string, place: "path" | "query"): Json {
	const field = one.input.shape[name];
	if (field === undefined) throw new Error(one.id + " has no field " + name);
	const isRequired = place === "path" || !z.safeParse(field, undefined).success;
	return { name, in: place, required: isRequired, schema: jsonSchemaOf(field, "input") };
}

function bodyOf(one: Operation, fields: readonly string[], schemas: SchemaTable): Json {
	if (one.body !== undefined) {
		return { requestBody: { required: true, content: { [one.body]: { schema: {} } } } };
	}
	if (fields.length === 0) return {};
	const shape = Object.fromEntries(
		fields.map((name) => [name, one.input.shape[name] ?? z.never()]),
	);
	const schema = schemas.of(z.strictObject(shape), "input");
	return { requestBody: { required: true, content: { "application/json": { schema } } } };
}

/** Those that have a name are in the document once, and elsewhere by reference. */
class SchemaTable {
	readonly all: { [name: string]: unknown } = {};

	of(schema: z.ZodType, io: "input" | "output"): Json {
		const { $defs = {}, ...rest } = jsonSchemaOf(schema, io);
		const id = z.globalRegistry.get(schema)?.id;
		// One that has a name may be a reference to itself, among the definitions.
		Object.assign(this.all, id !== undefined && { [id]: rest }, $defs);
		return id === undefined ? rest : { $ref: reference(id) };
	}
}

function jsonSchemaOf(schema: z.ZodType, io: "input" | "output"): Json {
	const made = z.toJSONSchema(schema, { io, unrepresentable: "any" });
	const { $schema: _, id: _id, ...rest } = made;
	return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"' + reference("")));
}

function reference(id: string): string {
	return "#/components/schemas/" + id;
}
