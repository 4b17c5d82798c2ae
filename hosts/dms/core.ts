/** What every operation of the service works with. */

import type { Authority } from "./authority/authority.js";
import type { Credential } from "./authority/credential.js";
import type { Log } from "./log.js";
import type { ImageStore } from "./storage/images.js";
import type { Database } from "./storage/schema.js";

export interface Core {
	readonly database: Database;
	readonly authority: Authority;
	readonly images: ImageStore;
	/** Milliseconds since 1970: the only clock there is. */
	now(): number;
	/** The certificate and key to serve under, renewed when it is time. */
	serverCredential(): Credential;
	readonly log: Log;
}

/** The core's clock in seconds since 1970, as the protocol and the tables have it. */
export function timeOf(core: Core): number {
	return Math.floor(core.now() / 1000);
}
