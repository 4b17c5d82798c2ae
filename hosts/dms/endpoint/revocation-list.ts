/** `GET /crl.der`: which certificates are revoked, for everybody; what it says is signed. */

import { currentRevocationList } from "../authority/revocations.js";
import type { Answer } from "./answer.js";
import type { Exchange } from "./exchange.js";
import { parseTarget } from "./incoming.js";

export const revocationListPath = "/crl.der";

/** What was revoked is to be known soon. */
const cacheSeconds = 300;

/** `?ca=` is the fingerprint of the CA whose list is wanted; without it, the first one's. */
export async function revocationList({ core, incoming }: Exchange): Promise<Answer> {
	const wanted = new URLSearchParams(parseTarget(incoming.target).query).get("ca");
	const authority = core.authorities.withFingerprint(wanted);
	const { list } = await currentRevocationList(core, authority);
	const headers = {
		"content-type": "application/pkix-crl",
		"cache-control": "public, max-age=" + cacheSeconds,
	};
	return { status: 200, body: Uint8Array.from(list), headers };
}
