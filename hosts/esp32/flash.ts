/** The slot that doesn't run, through the SDK's access to flash, which asks nothing. */

import SdkFlash from "embedded:storage/flash";
import type { Flash, FlashStorage } from "../../src/host.js";
import type { Chip } from "./chip.js";

export class ChipFlashStorage implements FlashStorage {
	private readonly chip: Chip;

	constructor(chip: Chip) {
		this.chip = chip;
	}

	open(options: { readonly path: "nextota"; readonly mode: "r+" }): Flash {
		this.chip.checkSlots();
		return SdkFlash.open({ ...options });
	}
}
