/**
 * One thing that can be asked of the API, as data: its route, who may ask for it, and the shapes of
 * what goes in and comes out. The server, the client, and the OpenAPI document are made from it.
 */

import type { z } from "zod";
import type { ByteSource } from "../byte-source.js";
import type { Caller } from "../people/caller.js";
import type { Visit } from "../people/visits.js";
import type { Service } from "../service.js";
import type { TokenRole } from "../storage/schema.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Context {
	readonly service: Service;
	readonly caller: Caller;
	/** The browser that asks. */
	readonly visit: Visit;
	/** The request's body, where that is bytes. */
	readonly file: ByteSource;
}

export interface Operation<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
	readonly id: string;
	readonly method: Method;
	/** Below `/api/v1`; `{name}` is a field of the input. */
	readonly path: string;
	readonly summary: string;
	readonly roles: readonly TokenRole[];
	/** Whoever asks is served, as when he logs in. */
	readonly isOpen?: true;
	/** The fields that aren't in the path are the query of a GET, and else a JSON body. */
	readonly input: I;
	/** The body is bytes, of this media type; then fields that aren't in the path are the query. */
	readonly body?: string;
	/** Of that body. */
	readonly bytesMaximum?: number;
	readonly output: O;
	/** The answer is bytes, of this media type: `run` resolves with a `Download`. */
	readonly answer?: string;
	run(context: Context, input: z.output<I>): Promise<unknown>;
}

/** Says what an operation is; its input is typed by its schema. */
export function operation<I extends z.ZodObject, O extends z.ZodType>(
	definition: Operation<I, O>,
): Operation<I, O> {
	return definition;
}

/** Whether it is made once for one `Idempotency-Key`; who logs in twice has two sessions. */
export function isRepeatable({ method, isOpen }: Operation): boolean {
	return method !== "GET" && isOpen !== true;
}

/** The names in braces. */
export function pathFieldsOf({ path }: Pick<Operation, "path">): string[] {
	return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}
