/** `GET /crl.der`: which certificates are revoked, for everybody; what it says is signed. */

import { currentRevocationList } from "../authority/revocations.js";
import type { Answer } from "./answer.js";
import type { Exchange } from "./exchange.js";

export const revocationListPath = "/crl.der";

/** What was revoked is to be known soon. */
const cacheSeconds = 300;

export async function revocationList({ core }: Exchange): Promise<Answer> {
	const { list } = await currentRevocationList(core);
	const headers = {
		"content-type": "application/pkix-crl",
		"cache-control": "public, max-age=" + cacheSeconds,
	};
	return { status: 200, body: Uint8Array.from(list), headers };
}
