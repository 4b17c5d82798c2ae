/** The address that a board was made with. */

import type { Random } from "./random.js";
import type { State } from "./state.js";

const macFile = "mac.txt";
/** Of a locally administered address: it collides with no maker's. */
const macFirstByte = 0x02;

/** `xx:xx:xx:xx:xx:xx`: made of `random` the first time, and kept in the state. */
export function keptMac(state: State, random: Random): string {
	const kept = state.read(macFile);
	if (kept !== undefined) return Buffer.from(kept).toString();
	const bytes = random(6);
	bytes[0] = macFirstByte;
	const mac = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
	state.write(macFile, Buffer.from(mac));
	return mac;
}
