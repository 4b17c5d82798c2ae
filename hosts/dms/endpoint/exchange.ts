/** One request on its way to one answer. */

import { type Core, timeOf } from "../core.js";
import type { SignedMessage } from "../signature/message.js";
import type { Answer } from "./answer.js";
import { type Incoming, parseTarget } from "./incoming.js";
import { hasBody, readBody, readNoBody } from "./body.js";

export interface Exchange {
	readonly core: Core;
	readonly incoming: Incoming;
	/** The service's clock when the request came, in seconds since 1970. */
	readonly time: number;
}

export type Endpoint = (exchange: Exchange) => Promise<Answer>;

export function beginExchange(core: Core, incoming: Incoming): Exchange {
	return { core, incoming, time: timeOf(core) };
}

/** The whole request, as its signatures cover it, or why it is refused before they are read. */
export async function receive(
	exchange: Exchange,
	expected: "body" | "no body" | "body or none",
): Promise<SignedMessage | Answer> {
	const { incoming } = exchange;
	const isRead = expected === "body" || (expected === "body or none" && hasBody(incoming));
	const body = isRead ? await readBody(incoming) : readNoBody(incoming);
	if (!(body instanceof Uint8Array)) return body;
	const { method, isEncrypted, host, target, fields } = incoming;
	const scheme = isEncrypted ? "https" : "http";
	return { method, scheme, host, target, ...parseTarget(target), fields, body };
}

export function isAnswer(value: object): value is Answer {
	return "status" in value;
}
