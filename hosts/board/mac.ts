/** MAC addresses: the one that a board was made with, and those of access points. */

import { createHash } from "node:crypto";
import type { Random } from "./random.js";
import { damagedState, type State } from "./state.js";

const macFile = "mac.txt";
const macPattern = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;
/** Of a locally administered address: it collides with no maker's. */
const macFirstByte = 0x02;

/** `xx:xx:xx:xx:xx:xx`: made of `random` the first time, and kept in the state. */
export function keptMac(state: State, random: Random): string {
	const kept = state.read(macFile);
	if (kept !== undefined) {
		const text = Buffer.from(kept).toString();
		if (!macPattern.test(text)) throw damagedState(macFile);
		return text;
	}
	const bytes = random(6);
	bytes[0] = macFirstByte;
	const mac = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
	state.write(macFile, Buffer.from(mac));
	return mac;
}

/** A locally administered address that is always the same for a name. */
export function macOf(name: string | Uint8Array): string {
	const digest = createHash("sha256").update(name).digest("hex");
	return ["02", ...(digest.match(/../g) ?? []).slice(0, 5)].join(":");
}
