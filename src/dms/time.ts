/** What a device knows of the time for certain, and keeps over a reset. */

import type { Host, System } from "../host.js";
import { DmsError } from "../protocol/result.js";
import { builtSeconds } from "./hello.js";
import type { IdentityRecord } from "./identity-record.js";
import { type Identity, withTime } from "./lifecycle.js";

/** 52 writes a year wear out no flash. */
const weekSeconds = 7 * 86_400;

/** The latest time known for certain, in seconds: the firmware is no younger than its build. */
export function timeFloor(system: Pick<System, "built">, known: Identity): number {
	return Math.max(known.time ?? 0, builtSeconds(system));
}

/**
 * Time never goes back below that, not even before the first hello. A device that was never told
 * the time has none.
 */
export function keepTime(host: Host, known: Identity): void {
	const floor = timeFloor(host.system, known) * 1000;
	if (known.time !== undefined && host.clock.now() < floor) host.clock.set(floor);
}

/** Tells what is known for certain. */
interface Clock {
	/** In seconds since 1970. */
	readonly time: number;
}

/**
 * Stores the clock's time once a week: a certificate that has ended by now has ended for good.
 */
export function storeTime(host: Host, record: IdentityRecord, clock: Clock): void {
	try {
		const { known } = record;
		const { time } = clock; // What a chip that fails throws is told here, too.
		if (time >= timeFloor(host.system, known) + weekSeconds) record.write(withTime(known, time));
	} catch (error) {
		if (!(error instanceof DmsError)) host.system.fail(error);
	}
}
