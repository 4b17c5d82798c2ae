/** What every operation of the service works with. */

import type { Authorities } from "./authority/authorities.js";
import type { Authority } from "./authority/authority.js";
import type { Credential } from "./authority/credential.js";
import type { ClockDoubt } from "./clock-jump.js";
import type { Log } from "./log.js";
import type { ImageGuard } from "./storage/image-check.js";
import type { ImageStore } from "./storage/images.js";
import type { ProductCache } from "./storage/product-cache.js";
import type { Database } from "./storage/schema.js";
import type { LastSeen } from "./storage/last-seen.js";
import type { Writer } from "./storage/writer.js";

export interface Core {
	/** To read; what changes it goes through `writer`. */
	readonly database: Database;
	readonly writer: Writer;
	readonly lastSeen: LastSeen;
	readonly products: ProductCache;
	/** Its folder; `undefined` where all is in the database. */
	readonly data?: string | undefined;
	/** The first CA. */
	readonly authority: Authority;
	/** All of them. */
	readonly authorities: Authorities;
	readonly images: ImageStore;
	readonly imageGuard: ImageGuard;
	/** Milliseconds since 1970: the only clock there is. */
	now(): number;
	/** Why devices can't be told what it says, if so: see `clock-jump.ts`. */
	readonly clockDoubt: ClockDoubt;
	/** The certificate and key to serve under, renewed when it is time. */
	serverCredential(): Promise<Credential>;
	/** The same key, with its certificate by this CA. */
	serverCredentialBy(authority: Authority): Promise<Credential>;
	readonly log: Log;
}

/** The core's clock in seconds since 1970, as the protocol and the tables have it. */
export function timeOf(core: Core): number {
	return Math.floor(core.now() / 1000);
}
