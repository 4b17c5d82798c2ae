/** The routes of an OpenAPI document, with the schemas of what goes in and comes out. */

import { type Answer, type Route, type Schema, schemaIn } from "./arbitrary.js";

export function routesOf(document: Schema): Route[] {
	const resolve = (value: unknown): Schema => {
		const { $ref, ...rest } = schemaIn(value);
		if (typeof $ref !== "string") return rest;
		return resolve(
			$ref
				.split("/")
				.slice(1)
				.reduce<unknown>((at, name) => schemaIn(at)[name], document),
		);
	};
	return Object.entries(schemaIn(document["paths"])).flatMap(([path, methods]) =>
		Object.entries(schemaIn(methods)).map(([method, operation]) =>
			routeOf(path, method.toUpperCase(), schemaIn(operation), resolve),
		),
	);
}

function routeOf(
	path: string,
	method: string,
	operation: Schema,
	resolve: (value: unknown) => Schema,
): Route {
	const parameters = Array.isArray(operation["parameters"]) ? operation["parameters"] : [];
	const fieldsIn = (place: string) =>
		new Map<string, Schema>(
			parameters
				.filter((one) => one.in === place)
				.map(({ name, schema }) => [String(name), resolve(schema)]),
		);
	const contents = schemaIn(schemaIn(operation["requestBody"])["content"]);
	const json = contents["application/json"];
	const body = resolve(schemaIn(json)["schema"]);
	const properties = Object.entries(schemaIn(body["properties"]));
	return {
		...{ id: String(operation["operationId"]), method, path },
		...{ pathFields: fieldsIn("path"), query: fieldsIn("query") },
		body: json ? new Map(properties.map(([name, one]) => [name, resolve(one)])) : undefined,
		isBytes: contents["application/octet-stream"] !== undefined,
		answers: answersIn(schemaIn(operation["responses"]), resolve),
	};
}

function answersIn(responses: Schema, resolve: (value: unknown) => Schema): Map<string, Answer> {
	const answers = Object.entries(responses).map(([status, response]) => {
		const [[type, content] = ["", {}]] = Object.entries(schemaIn(resolve(response)["content"]));
		return [status, { type, schema: schemaIn(schemaIn(content)["schema"]) }] as const;
	});
	return new Map(answers);
}
