/** How long an image may be: as long as the app slots of its platform. */

import { OperatorError } from "../operator-error.js";

/** An app slot in `hosts/esp32/partitions.csv`, which the boards of this project all have. */
export const slotLengthDefault = 0x1e_0000;
/** Half of 16 MB of flash, the most that a module of the ESP32's family has. */
export const slotLengthMaximum = 8 * 1024 * 1024;

/** Refuses an image that no device of the platform has room for, before anybody downloads it. */
export function requireRoom(image: Uint8Array, platform: string, slotLength: number): void {
	if (slotLength > slotLengthMaximum) {
		const message = "A slot has at most " + slotLengthMaximum + " bytes.";
		throw new OperatorError("limit", message);
	}
	if (image.length === 0) throw new OperatorError("limit", "The image is empty. Build it again.");
	if (image.length <= slotLength) return;
	const lengths = "The image has " + image.length + " bytes, and a slot of " + platform + " has ";
	const way = " Make it smaller; if your partition table has longer slots: --slot <bytes>";
	throw new OperatorError("limit", lengths + slotLength + "." + way);
}
