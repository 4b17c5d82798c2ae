/** One request on its way to one answer. */

import { type Core, timeOf } from "../core.js";
import type { SignedMessage } from "../signature/message.js";
import type { Answer } from "./answer.js";
import { type Arrival, parseTarget } from "./arrival.js";
import { hasBody, readBody, readNoBody } from "./body.js";

export interface Exchange {
	readonly core: Core;
	readonly request: Request;
	readonly arrival: Arrival;
	/** The service's clock when the request came, in seconds since 1970. */
	readonly time: number;
}

export type Endpoint = (exchange: Exchange) => Promise<Answer>;

export function beginExchange(core: Core, request: Request, arrival: Arrival): Exchange {
	return { core, request, arrival, time: timeOf(core) };
}

/** The whole request, as its signatures cover it, or why it is refused before they are read. */
export async function receive(
	exchange: Exchange,
	expected: "body" | "no body" | "body or none",
): Promise<SignedMessage | Answer> {
	const { request, arrival } = exchange;
	const isRead = expected === "body" || (expected === "body or none" && hasBody(request));
	const body = isRead ? await readBody(request) : readNoBody(request);
	if (!(body instanceof Uint8Array)) return body;
	return {
		method: request.method,
		scheme: arrival.isEncrypted ? "https" : "http",
		host: request.headers.get("host") ?? new URL(request.url).host,
		target: arrival.target,
		...parseTarget(arrival.target),
		fields: request.headers,
		body,
	};
}

export function isAnswer(value: object): value is Answer {
	return "status" in value;
}
