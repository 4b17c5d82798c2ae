/** Heads that Node lets through, and that RFC 9112 doesn't. */

import type { IncomingMessage } from "node:http";

/** The status that refuses a request by its head alone; `undefined` for almost all. */
export function statusOfBadHead({ rawHeaders, headers }: IncomingMessage): 400 | 501 | undefined {
	const names = rawHeaders.filter((_, index) => index % 2 === 0);
	// Of two hosts, what stands in front may have gone by the other one (section 3.2).
	if (names.filter((name) => name.toLowerCase() === "host").length > 1) return 400;
	// A body that is packed in a way that nobody here unpacks (section 6.1).
	const coding = headers["transfer-encoding"];
	return coding === undefined || coding.toLowerCase() === "chunked" ? undefined : 501;
}
