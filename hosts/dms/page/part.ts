/** A part of the page: its paths, and what is there. */

import type { Hono } from "hono";
import type { Env } from "../api/request-log.js";
import type { Service } from "../service.js";
import type { Live } from "./live.js";

export interface Part {
	/** All of its paths, with `:name` for what is different in each. */
	readonly paths: readonly string[];
	/** Who hasn't logged in is served too; elsewhere he is sent to log in. */
	readonly isOpen?: true;
	/** Its forms have files, which go to the disk as they come; others have at most 16 KiB. */
	readonly isUpload?: true;
	addTo(app: Hono<Env>, service: Service, options: PartOptions): void;
}

export interface PageOptions {
	/** Where an identity provider logs people in, if one does. */
	readonly provider?: string | undefined;
	/** What tells pages that are open of changes. Default: one of its own. */
	readonly live?: Live | undefined;
}

export interface PartOptions extends PageOptions {
	readonly live: Live;
}
