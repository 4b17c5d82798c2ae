/** Which row the board's player is to play. */

import type { Offers } from "./remote.js";
import type { PortName } from "./tables.js";

export interface Assignment {
	readonly port: PortName;
	readonly row: number;
	readonly isAfterReset: boolean;
	readonly offers: Offers;
	/** Name of the wrong implementation to play it against. */
	readonly wrong?: string;
}
